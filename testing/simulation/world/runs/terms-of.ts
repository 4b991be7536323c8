import type { RunTerms } from '../../../checker/terms.ts'
import { STORES } from '../stores/store-kinds.ts'
import type { Plan } from './plan.ts'
import { PARKING } from './service-kit.ts'

/** The settings of a plan that rules depend on. */
export function termsOf({ store, unexpectedEvents, retries, retention }: Plan): RunTerms {
  const { isRedelivered, isShared } = STORES[store]
  return {
    compareAndSet: store === 'untagged' ? 'when-tagged' : 'always',
    shared: isShared,
    unexpectedEvents,
    parking: PARKING,
    merge: 'first-level',
    channels: new Map([...retries].map(([id, retry]) => [id, { retry }])),
    redelivery: isRedelivered,
    retention,
  }
}
