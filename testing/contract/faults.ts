import { describe } from 'vitest'
import { away } from './faults/outage.ts'
import { corridors } from './faults/corridors.ts'
import { gaps } from './faults/gap.ts'
import type { FaultSubject } from './faults/link.ts'
import { lost } from './faults/lost.ts'
import { restart } from './faults/restart.ts'
import { writers } from './faults/writers.ts'

/**
 * What every store must stand (P6, P20, P21, I8): answers lost before and after the write landed, frozen for longer than the
 * time-out, refused, slow, restarted in the middle, many writers on one saga, and several orchestrators with stale heads.
 * To be called inside a test file of vitest, on Node. Trouble that cannot befall a store is asserted to be impossible.
 */
export function faultContract(name: string, subject: FaultSubject): void {
  describe(`persistency in trouble: ${name}`, () => {
    lost(subject)
    away(subject)
    restart(subject)
    writers(subject)
    corridors(subject)
    gaps(subject)
  })
}
