import { describe } from 'vitest'
import { counts } from './counts.ts'
import { damage } from './damage.ts'
import { documents } from './documents.ts'
import { duplicates } from './duplicates.ts'
import { fate } from './fate.ts'
import { growth } from './growth.ts'
import { heads } from './heads.ts'
import { health } from './health.ts'
import { lists } from './lists.ts'
import { operators } from './operators.ts'
import { races } from './races.ts'
import { records } from './records.ts'
import { recovery } from './recovery.ts'
import { removal } from './removal.ts'
import type { StoreSubject } from './subject.ts'
import { values } from './values.ts'
import { writes } from './writes.ts'

/**
 * The contract of every store (docs/ARCHITECTURE.md, P1–P24). Call it in a test file of vitest:
 *
 * ```ts
 * persistencyContract('memory', { open: async () => memoryPersistency() })
 * ```
 *
 * A gap that a store declares is asserted: no test is left out.
 */
export function persistencyContract(name: string, subject: StoreSubject): void {
  describe(`persistency: ${name}`, () => {
    heads(subject)
    writes(subject)
    races(subject)
    fate(subject)
    duplicates(subject)
    values(subject)
    growth(subject)
    recovery(subject)
    removal(subject)
    operators(subject)
    records(subject)
    lists(subject)
    counts(subject)
    documents(subject)
    damage(subject)
    health(subject)
  })
}
