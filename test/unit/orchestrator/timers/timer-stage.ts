import { DEFAULTS } from '../../../../src/defaults.ts'
import type { SagaId } from '../../../../src/engine/saga.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import type { FakeStore } from '../../../fakes/store.ts'
import { stage } from '../stage.ts'
import type { Stage, StageOptions } from '../stage.ts'

export const MINUTE = 60_000
/** A sweep looks once a second. */
export const LOOK = DEFAULTS.sweep + 10

/** `asked` resends its command twice, then gives up; `giving up` must end within an hour, and begins anew. */
export const DEFINITION: MachineDefinition = {
  initialState: 'asked',
  states: [
    {
      id: 'asked',
      isFinal: false,
      outputCommand: { label: 'ask', channel: 'reservations' },
      timeout: { after: 'PT1M', resend: 2, event: 'silence' },
      outgoingTransitions: [
        { inputEvent: 'answered', targetState: 'done' },
        { inputEvent: 'again', targetState: 'asked' },
        { inputEvent: 'silence', targetState: 'giving up' },
      ],
    },
    {
      id: 'giving up',
      isFinal: false,
      outputCommand: { label: 'undo', channel: 'other' },
      timeout: { after: 'PT1H', event: 'hopeless' },
      outgoingTransitions: [
        { inputEvent: 'undone', targetState: 'done' },
        { inputEvent: 'hopeless', targetState: 'asked' },
      ],
    },
    { id: 'done', isFinal: true },
  ],
}

/** `asked` is left after twenty seconds, between two full scans. */
export const LEAVING: MachineDefinition = {
  initialState: 'asked',
  states: [
    {
      id: 'asked',
      isFinal: false,
      outputCommand: { label: 'ask', channel: 'reservations' },
      timeout: { after: 'PT20S', event: 'silence' },
      outgoingTransitions: [{ inputEvent: 'silence', targetState: 'left' }],
    },
    { id: 'left', isFinal: true },
  ],
}

/** The deadline comes before the delivery of the command is settled. */
export const BRISK: MachineDefinition = {
  initialState: 'asked',
  states: [
    {
      id: 'asked',
      isFinal: false,
      outputCommand: { label: 'ask', channel: 'reservations' },
      timeout: { after: 'PT1S', resend: 1 },
      outgoingTransitions: [{ inputEvent: 'answered', targetState: 'done' }],
    },
    { id: 'done', isFinal: true },
  ],
}

/** A running process whose participants accept every command. */
export async function running(options: StageOptions = {}): Promise<Stage> {
  const scene = stage({ definition: DEFINITION, ...options })
  scene.channel.always(DELIVERED)
  scene.other.always(DELIVERED)
  scene.orchestrator.start()
  await scene.settle()
  return scene
}

export async function headOf({ store }: Stage, id: SagaId = 's1') {
  const loaded = await store.load(id)
  if (loaded === undefined) throw new Error(`there is no saga "${id}"`)
  return loaded.saga
}

export async function eventsOf(store: FakeStore, id: SagaId = 's1'): Promise<readonly (readonly [string, string])[]> {
  const document = await store.document(id)
  return (document?.history.events ?? []).map(({ event, id: eventId }) => [event, eventId] as const)
}
