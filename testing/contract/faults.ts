import { describe } from 'vitest'
import { away } from './faults/outage.ts'
import { corridors } from './faults/corridors.ts'
import { gaps } from './faults/gap.ts'
import type { FaultSubject } from './faults/link.ts'
import { heldSave } from './faults/held-save.ts'
import { lost } from './faults/lost.ts'
import { restart } from './faults/restart.ts'
import { writers } from './faults/writers.ts'

/**
 * The fault suite of stores (P6, P20, P21, I8): answers lost before and after the write landed, a frozen, refusing or slow
 * server, a restart in the middle, many writers on one saga, orchestrators with stale heads. Call it in a test file of vitest,
 * on Node. A fault that cannot happen to a store is asserted to be impossible.
 */
export function faultContract(name: string, subject: FaultSubject): void {
  describe(`persistency under faults: ${name}`, () => {
    lost(subject)
    away(subject)
    restart(subject)
    writers(subject)
    corridors(subject)
    heldSave(subject)
    gaps(subject)
  })
}
