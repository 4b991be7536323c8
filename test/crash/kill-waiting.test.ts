import { describe } from 'vitest'
import { waitsAreKept } from './waiting-run.ts'

describe('the service on Node with retries, timers and parking, killed under load', () => {
  waitsAreKept({ script: 'start', store: { type: 'sqlite' }, seconds: 60 })
})
