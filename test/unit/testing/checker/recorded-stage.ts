import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import type { SagaEvent } from '../../../../src/engine/saga.ts'
import { compile } from '../../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { Created, CreateRequest, Outcome } from '../../../../src/orchestrator/corridor.ts'
import type { Operated, SagaAction } from '../../../../src/orchestrator/operators/saga-operation.ts'
import { Recording } from '../../../../testing/checker/record.ts'
import type { Doors } from '../../../../testing/checker/record.ts'
import type { ObservedRun } from '../../../../testing/checker/observation.ts'
import type { RunTerms } from '../../../../testing/checker/terms.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import type { SimulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import type { FakeChannel } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import type { FakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { passing, stage } from '../../orchestrator/stage.ts'
import type { Stage, StageOptions } from '../../orchestrator/stage.ts'

/** A service of one or more starts over one store, whose doors, writes and sends are recorded. */
export interface RecordedService {
  readonly runtime: SimulatedRuntime
  readonly store: FakeStore
  /** Starts a process. */
  start(name?: string): RecordedProcess
  /** Writes by hand come from here: they are recorded too. */
  run(): Promise<ObservedRun>
}

export interface RecordedProcess extends Stage {
  readonly doors: Doors
  begin(request?: Partial<CreateRequest>): Promise<Created>
  event(label: string, event?: Partial<SagaEvent>): Promise<Outcome>
  operate(action: SagaAction, id?: string): Promise<Operated>
  /** From here on, nothing that it does is seen. */
  crash(): void
}

/** Options of the stage, and terms that it does not tell by itself. */
export interface RecordedOptions extends Omit<StageOptions, 'runtime' | 'store' | 'channel' | 'other'> {
  readonly definition: MachineDefinition
  readonly shared?: boolean
  readonly terms?: RunTerms
  readonly channels?: () => readonly [FakeChannel, FakeChannel]
}

export function recordedService(options: RecordedOptions): RecordedService {
  const recording = new Recording()
  const runtime = simulatedRuntime()
  const store = fakeStore(timelessMemory({ shared: options.shared ?? false }))
  const machines = new Map([[hashOf(options), options.definition]])
  let operations = 0

  return {
    runtime,
    store,
    start(name = 'p1') {
      const recorder = recording.process(name, runtime)
      const [channel, other] = options.channels?.() ?? [fakeChannel('reservations'), fakeChannel('other')]
      const scene = stage({
        ...options,
        runtime,
        store: recorder.persistency(store) as FakeStore,
        channel: recorder.channel(channel) as FakeChannel,
        other: recorder.channel(other) as FakeChannel,
      })
      recorder.lives('started')
      const doors = recorder.doors(scene.orchestrator)
      return {
        ...scene,
        doors,
        begin: (request = {}) =>
          passing(runtime, doors.create({ id: 's1', entity: 'e', metadata: { n: 0 }, ...request })),
        event: (label, event = {}) =>
          passing(
            runtime,
            doors.handle({ id: `key/${label}`, sagaId: 's1', label, payload: { [label]: true }, ...event }),
          ),
        operate: (action, id = `key/operation-${++operations}`) =>
          passing(runtime, doors.operate({ sagaId: 's1', id, operator: 'zoe', reason: 'mended', action })),
        crash: () => recorder.lives('crashed'),
      }
    },
    run: () => {
      const { unexpectedEvents = 'ignore', parking } = options
      const merge = options.merge === undefined ? 'first-level' : undefined
      const terms = { shared: options.shared ?? false, unexpectedEvents, parking, merge, ...options.terms } as const
      return recording.run(store, { machines, terms })
    },
  }
}

function hashOf({ definition, hooks, movedStates }: RecordedOptions): string {
  const merge = mergeFirstLevel
  return compile(definition, { merge, leaseOf: () => 1, hookOf: ({ content }) => hooks?.[content], movedStates }).hash
}
