import type { Debt, Instant, Saga, SagaId } from '../../../../src/engine/saga.ts'
import type { LedgerEntry } from '../../../../src/orchestrator/events/ledger.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { Mailbox } from '../../../../src/orchestrator/mailbox.ts'
import { IdleLeases } from '../../../../src/orchestrator/sending/idle-leases.ts'
import type { OutgoingCommand } from '../../../../src/orchestrator/sending/outgoing-command.ts'
import { SendVerdict } from '../../../../src/orchestrator/sending/send-verdict.ts'
import type { SendVerdictOptions } from '../../../../src/orchestrator/sending/send-verdict.ts'
import type { Channel, ChannelRetry } from '../../../../src/ports/channel.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

export interface Given {
  readonly retry?: ChannelRetry
  /** saga.json lacks the channel. */
  readonly isUnknown?: boolean
  /** Parts of the debt in the store. */
  readonly debt?: Partial<Debt>
  /** The end of each write: saved, lost to others, or a throw. The last one goes for all further ones. */
  readonly writes?: readonly ('saved' | 'lost' | Error)[]
}

/** The verdict on sends of the command `s1/0/0` to `bank`, over a ledger that answers what the test says. */
export function world({ retry, isUnknown = false, debt, writes = ['saved'] }: Given = {}) {
  const [runtime, metrics, leases] = [simulatedRuntime(), fakeMetrics(), new IdleLeases(10)]
  const now = runtime.wallClock()
  const bank = fakeChannel('bank', 10_000, retry)
  const owed: Debt = { id: 's1/0/0', label: 'pay', channel: 'bank', attempts: 0, since: now, due: now, ...debt } as Debt
  const saga = { ...birth({ id: 's1', at: now }).next, owed: [owed] } as Saga
  const [entries, deadlines, retries]: [LedgerEntry[], number[], [Instant, SagaId][]] = [[], [], []]
  const delivered: OutgoingCommand[] = []
  const rest = [...writes]
  const ledger = {
    amend: async (_: SagaId, look: (saga: Saga) => LedgerEntry | undefined, deadline: number) => {
      deadlines.push(deadline - runtime.monotonic())
      const entry = look(saga)
      if (entry === undefined) return undefined
      const end = (rest.length > 1 ? rest.shift() : rest[0]) ?? 'saved'
      if (end instanceof Error) throw end
      if (end === 'lost') return undefined
      entries.push(entry)
      return saga
    },
  }
  const settlements = {
    delivered: async (one: OutgoingCommand) => void delivered.push(one),
    entryOf: () => ({ settled: ['s1/9/9'] }),
  }
  const verdict = new SendVerdict({
    ledger,
    mailbox: new Mailbox(),
    settlements,
    channels: new Map<string, Channel>(isUnknown ? [] : [['bank', bank]]),
    runtime,
    metrics,
    retryAt: (due: Instant, id: SagaId) => void retries.push([due - runtime.wallClock(), id]),
    leases,
    incidents: new Incidents(runtime),
  } as unknown as SendVerdictOptions)
  const outgoing = (more: Partial<OutgoingCommand> = {}): OutgoingCommand => {
    const command = { id: 's1/0/0', sagaId: 's1', label: 'pay', channel: 'bank', payload: {} }
    return { command, kind: 'command', attempts: 0, since: now, expires: 1_000, ...more }
  }
  /** The lines of the log, without the level. */
  const lines = () => runtime.logged.map(({ code, fields }) => [code, fields])
  return { verdict, outgoing, runtime, metrics, leases, entries, deadlines, retries, delivered, lines, now }
}
