import { describe } from 'vitest'
import { goneBeforeAnswers, goneInBetween } from '../services/gone-clients.ts'

describe('P19 workerd without objects', { timeout: 60_000 }, () => {
  const runtime = { script: 'start:workerd', args: ['--no-objects'] } as const
  goneBeforeAnswers(runtime)
  goneInBetween(runtime)
})
describe('P19 workerd with objects', { timeout: 60_000 }, () => goneBeforeAnswers({ script: 'start:workerd' }))
