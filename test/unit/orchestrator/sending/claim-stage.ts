import type { Debt, Instant, Saga } from '../../../../src/engine/saga.ts'
import type { CommitResult, LedgerEntry } from '../../../../src/orchestrator/events/ledger.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import type { Capacity } from '../../../../src/orchestrator/sending/channel-capacity.ts'
import { Claims } from '../../../../src/orchestrator/sending/claims.ts'
import type { ClaimsOptions } from '../../../../src/orchestrator/sending/claims.ts'
import { DebtLeases } from '../../../../src/orchestrator/sending/debt-leases.ts'
import type { DebtLeasesOptions } from '../../../../src/orchestrator/sending/debt-leases.ts'
import { IdleLeases } from '../../../../src/orchestrator/sending/idle-leases.ts'
import type { ChannelRetry } from '../../../../src/ports/channel.ts'
import type { Loaded } from '../../../../src/ports/persistency.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

export interface Given {
  readonly owed?: readonly Debt[]
  readonly hold?: Saga['hold']
  /** Settlements of the saga that wait for a write. */
  readonly settled?: readonly string[]
  /** Commands that are queued or under way here. */
  readonly held?: readonly string[]
  /** Lanes without capacity. */
  readonly full?: readonly string[]
  readonly retry?: ChannelRetry
  readonly shared?: boolean
  readonly commit?: Exclude<CommitResult, { kind: 'saved' }>
}

export const NOW: Instant = simulatedRuntime().wallClock()

/** A debt of `s1` that has been due since a second, was sent before, and whose lease has ended. */
export function debtOf(id: string, more: Partial<Debt> = {}): Debt {
  return {
    id,
    label: 'do',
    channel: 'bank',
    attempts: 0,
    since: NOW - 30_000,
    due: NOW - 1_000,
    tried: true,
    ...more,
  } as Debt
}

/** Claims of the saga `s1` over a ledger that answers what the test says. */
export function world(given: Given = {}) {
  const { owed = [debtOf('s1/0/0')], hold, settled, held = [], full = [], retry, shared = true, commit } = given
  const [runtime, metrics, leases] = [simulatedRuntime(), fakeMetrics(), new IdleLeases(10)]
  const channels = new Map(['bank', 'shop'].map((id) => [id, fakeChannel(id, 10_000, retry)]))
  const saga = { ...birth({ id: 's1' }).next, owed, hold } as Saga
  const [entries, sent, revived, settledNow]: [LedgerEntry[], string[], unknown[], unknown[]] = [[], [], [], []]
  const [taken, givenBack]: [string[], string[]] = [[], []]
  const relay = {
    holds: (id: string) => held.includes(id),
    isFull: (lane: string) => lane === 'shop',
    isPaused: () => false,
    resumedAt: () => undefined,
    silenceOf: () => 0,
  }
  const common = { relay, runtime, channels, leases, shared }
  const debtLeases = new DebtLeases(common as unknown as DebtLeasesOptions)
  const ledger = {
    change: (_: string, entry: LedgerEntry) => entry,
    commit: async (loaded: Loaded, entry: LedgerEntry): Promise<CommitResult> => {
      entries.push(entry)
      if (commit !== undefined) return commit
      const dues = new Map((entry.tried ?? []).map(({ id, due }) => [id, due]))
      const next = loaded.saga.owed.map((debt) => ({ ...debt, due: dues.get(debt.id) ?? debt.due }))
      return { kind: 'saved', loaded: { saga: { ...loaded.saga, owed: next }, basis: 'next' } }
    },
  }
  const settlements = {
    settledOf: () => settled,
    entryOf: () => settled && { settled },
    isDelivered: (_: string, { id }: Debt) => settled?.includes(id) === true,
    revived: (_: string, debts: unknown) => void revived.push(debts),
    settled: (_: unknown, ids: unknown) => void settledNow.push(ids),
  }
  const sender = { sendLeased: (_: Saga, debts: readonly Debt[]) => void sent.push(...debts.map(({ id }) => id)) }
  const options = { ...common, ledger, settlements, sender, debtLeases, metrics, incidents: new Incidents(runtime) }
  const claims = new Claims(options as unknown as ClaimsOptions)
  const capacity: Capacity = {
    has: (lane) => !full.includes(lane),
    take: (lane) => void taken.push(lane),
    give: (lane) => void givenBack.push(lane),
  }
  const loaded: Loaded = { saga, basis: 'w' }
  const claim = (atOnce?: (debt: Debt) => boolean) => claims.claim(loaded, atOnce, capacity)
  const passed = () => claims.passed(loaded, capacity)
  return {
    claims,
    loaded,
    claim,
    passed,
    capacity,
    entries,
    sent,
    revived,
    settledNow,
    taken,
    givenBack,
    leases,
    debtLeases,
    metrics,
    runtime,
  }
}
