import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import type { Saga, Timer } from '../../../../src/engine/saga.ts'
import { compile } from '../../../../src/machine/compile.ts'
import type { EventTask } from '../../../../src/orchestrator/events/event-task.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { leaseOf } from '../../../../src/orchestrator/sending/debt-leases.ts'
import { SagaTimers } from '../../../../src/orchestrator/timers/saga-timers.ts'
import type { SagaTimersOptions } from '../../../../src/orchestrator/timers/saga-timers.ts'
import type { Loaded } from '../../../../src/ports/persistency.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { DEFINITION, MINUTE } from './timer-stage.ts'

type Answer = Awaited<ReturnType<SagaTimersOptions['handle']>>['answer']

const BANK = fakeChannel('reservations')
/** The command of the state. */
export const COMMAND = { id: 's1/0/0', label: 'ask', channel: 'reservations' }

export interface Given {
  readonly timer?: Partial<Timer> | undefined
  readonly saga?: Partial<Saga>
  readonly isDelivered?: boolean
  /** The merge hook refuses every event. */
  readonly isRefused?: boolean
  readonly isHeldBack?: boolean
  /** The answer to the event of the timer. */
  readonly answer?: string
}

/** A saga in `asked` for a minute, whose deadline is now; its command is owed unless the test says otherwise. */
export function world({
  timer,
  saga: more,
  isDelivered = false,
  isRefused = false,
  isHeldBack = false,
  answer = 'moved',
}: Given = {}) {
  const refuse = () => {
    throw new Error('no such room')
  }
  const merge = isRefused ? refuse : mergeFirstLevel
  const [runtime, metrics] = [simulatedRuntime(), fakeMetrics()]
  const now = runtime.wallClock()
  const channels = new Map([[BANK.id, BANK]])
  const [tasks, graces]: [EventTask[], number[]] = [[], []]
  let rests = 0
  const timers = new SagaTimers({
    machine: compile(DEFINITION, { merge, leaseOf: (id) => leaseOf(channels.get(id)) }),
    channels,
    settlements: { isDelivered: () => isDelivered },
    grace: { holdsBack: (due) => (graces.push(due - now), isHeldBack) },
    runtime,
    metrics,
    incidents: new Incidents(runtime),
    handle: async (task) => {
      tasks.push(task)
      return {
        answer: { kind: answer, state: 'giving up' } as Answer,
        saved: [],
        rest: async () => void rests++,
      } as never
    },
  })
  const debt = { ...COMMAND, attempts: 3, since: now - MINUTE, due: now + 500, tried: true, held: 9, sends: 4 }
  const saga = {
    ...birth({ id: 's1', at: now - MINUTE }).next,
    state: 'asked',
    owed: [debt],
    due: now,
    timer: timer === null ? undefined : { step: 0, deadline: now, resends: 0, event: 'silence', ...timer },
    ...more,
  } as Saga
  const loaded: Loaded = { saga, basis: 'w' }
  const fire = () => timers.fire(saga, loaded)
  const lines = () => runtime.logged.map(({ code, fields }) => [code, fields])
  return { timers, saga, loaded, fire, tasks, graces, runtime, metrics, lines, now, debt, rests: () => rests }
}
