import { describe } from 'vitest'
import { goneBeforeAnswers, goneInBetween } from '../services/gone-clients.ts'

describe.each(['start', 'start:deno', 'start:bun'] as const)('%s', { timeout: 120_000 }, (script) => {
  goneBeforeAnswers({ script })
  goneInBetween({ script })
})
