import { describe } from 'vitest'
import { waitsAreKept } from '../crash/waiting-run.ts'

describe('the service on workerd with retries, timers and parking, killed under load', () => {
  waitsAreKept({ script: 'start:workerd', store: {}, seconds: 200 })
})
