import type { Instant, Saga, SagaId } from '../../../../src/engine/saga.ts'
import { Mailbox } from '../../../../src/orchestrator/mailbox.ts'
import { SagaRecovery } from '../../../../src/orchestrator/recovery/saga-recovery.ts'
import { UNLIMITED } from '../../../../src/orchestrator/sending/channel-capacity.ts'
import type { ChannelCapacity } from '../../../../src/orchestrator/sending/channel-capacity.ts'
import type { ClaimResult } from '../../../../src/orchestrator/sending/claims.ts'
import { IdleLeases } from '../../../../src/orchestrator/sending/idle-leases.ts'
import type { Lane } from '../../../../src/orchestrator/sending/lane.ts'
import type { Loaded } from '../../../../src/ports/persistency.ts'
import { birth } from '../../../../testing/contract/build.ts'

/** The parts of a head that come due. */
export interface Dues {
  readonly due?: Instant
  readonly owed?: readonly Instant[]
  readonly deadline?: Instant
  readonly parked?: readonly { readonly due?: Instant; readonly expires: Instant }[]
  readonly isHeld?: boolean
}

/** The head of a saga to which nothing has happened but this. */
export function sagaOf({ due, owed = [], deadline, parked = [], isHeld = false }: Dues, id: SagaId = 's1'): Saga {
  const timer = deadline === undefined ? undefined : { step: 0, deadline, resends: 0, event: 'silence' }
  const [hold, debts] = [isHeld ? { since: 0 } : undefined, owed.map((one) => ({ due: one, since: 0 }))]
  return { ...birth({ id }).next, due, owed: debts, timer, parked, hold } as unknown as Saga
}

/** The end of a claim that has nothing to write. */
export const CLAIM: ClaimResult = { kind: 'left', passed: [] }

/** Sagas of one process at the instant 100; each claim is written down, and ends as `results.claim` says. `known`: the newest head. */
export function world(known?: Saga) {
  const [clock, results] = [{ now: 100 }, { claim: CLAIM, passed: [] as readonly Lane[] | undefined }]
  const [claimed, renewed]: [SagaId[], number[]] = [[], []]
  const [leases, mailbox, heads] = [new IdleLeases(10_000), new Mailbox(), new Map<SagaId, Loaded>()]
  const left = new Map<Lane, number>()
  const recovery = new SagaRecovery({
    mailbox,
    leases,
    ledger: {
      recall: () => known && { saga: known, basis: 'known' },
      read: async (id) => heads.get(id),
    },
    work: {
      passed: () => results.passed,
      claim: async ({ saga }) => (claimed.push(saga.id), results.claim),
    },
    runtime: { wallClock: () => clock.now },
    ofAlarm: UNLIMITED,
    capacity: {
      ...UNLIMITED,
      left: (lane: Lane) => left.get(lane) ?? 10,
      renew: () => void renewed.push(claimed.length),
    } as unknown as ChannelCapacity,
  })
  const recover = (saga: Saga) => {
    heads.set(saga.id, { saga, basis: 'w' })
    return recovery.recover({ saga, basis: 'w' })
  }
  /** Number of claims of a look at this instant. */
  const lookAt = async (now: Instant) => {
    const before = claimed.length
    clock.now = now
    await recovery.retry()
    return claimed.length - before
  }
  return { recovery, recover, lookAt, claimed, renewed, leases, mailbox, heads, results, clock, left }
}
