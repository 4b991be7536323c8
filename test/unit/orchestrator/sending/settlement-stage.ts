import type { Debt, Saga, SagaId } from '../../../../src/engine/saga.ts'
import type { LedgerEntry } from '../../../../src/orchestrator/events/ledger.ts'
import { Mailbox } from '../../../../src/orchestrator/mailbox.ts'
import { Settlements } from '../../../../src/orchestrator/sending/settlements.ts'
import type { SettlementsOptions } from '../../../../src/orchestrator/sending/settlements.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

export const debtOf = (id: string, since = 0): Debt =>
  ({ id, label: 'do', channel: 'bank', attempts: 0, since, due: 0 }) as Debt

/** A saga in the state of its only step. */
export function sagaOf(id: SagaId, owed: readonly Debt[], more: Partial<Saga> = {}): Saga {
  return { ...birth({ id }).next, owed, ...more }
}

/** Settlements of sagas that owe their first command each; a write takes a millisecond, unless the store is quick. */
export function world({ settleAfter = 1_000, atOnce = 4 } = {}) {
  const runtime = simulatedRuntime()
  const [written, settledLines]: [string[], string[]] = [[], []]
  const heads = new Map<SagaId, Saga>()
  const store = { isAway: false, isQuick: false, beforeWrite: () => undefined as void, most: 0, open: 0 }
  const ledger = {
    amend: async (id: SagaId, look: (saga: Saga) => LedgerEntry | undefined, deadline: number) => {
      store.open++
      store.most = Math.max(store.most, store.open)
      if (!store.isQuick) await new Promise<void>((resolve) => runtime.after(1, resolve))
      store.open--
      const saga = heads.get(id) ?? sagaOf(id, [debtOf(`${id}/0/0`)])
      const entry = look(saga)
      if (entry === undefined) return undefined
      if (store.isAway) throw new Error('the store is away')
      store.beforeWrite()
      written.push(`${(entry.settled ?? []).join(' ')} by ${deadline - runtime.monotonic() + 1}`)
      return saga
    },
  }
  const settlements = new Settlements({
    ledger,
    mailbox: new Mailbox(),
    runtime,
    settleAfter,
    atOnce,
    sagaLog: { settled: (_: unknown, { id }: { id: string }) => void settledLines.push(id) },
  } as unknown as SettlementsOptions)
  const deliver = (sagaId: SagaId, owedSince?: number, id = `${sagaId}/0/0`) =>
    settlements.delivered({ command: { id, sagaId, label: 'do' }, attempts: 2, owedSince })
  /** Ids of the commands that were settled since the last call. */
  const settledNow = () => written.splice(0).map((one) => one.split(' by ')[0])
  return { runtime, settlements, deliver, written, settledNow, settledLines, heads, store }
}
