import type { Change } from '../../../../src/engine/change.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import type { FakeStore } from '../../../fakes/store.ts'
import { stage } from '../stage.ts'

const NAMES = ['a', 'b', 'c', 'd', 'end']
/** a → b → c → d → end, each by the event `to-` and the name; each but the last sends a command. */
export const LINE: MachineDefinition = {
  initialState: 'a',
  creationEvent: 'made',
  states: NAMES.map((id, at) => ({
    id,
    isFinal: id === 'end',
    ...(id !== 'end' && { outputCommand: { label: `do-${id}`, channel: 'reservations' } }),
    outgoingTransitions: NAMES.slice(at + 1, at + 2).map((next) => ({ inputEvent: `to-${next}`, targetState: next })),
  })),
}

/** A saga in `a` of a machine that parks, whose participants accept every command. */
export async function park(options: Parameters<typeof stage>[0] = {}) {
  const channel = fakeChannel('reservations')
  channel.always({ kind: 'delivered' })
  const world = stage({ definition: LINE, unexpectedEvents: 'park', channel, ...options })
  await world.create()
  const labels = async () => (await world.store.document('s1'))?.history.events.map(({ event }) => event)
  return { ...world, labels }
}

/** The store cannot be reached from the end of this write on: its process is as good as dead. */
export function diesAfter(store: FakeStore, isLast: (change: Change) => boolean): void {
  const save = store.save.bind(store)
  store.save = async (change, ...rest) => {
    const saved = await save(change, ...rest)
    if (isLast(change)) store.down()
    return saved
  }
}

export async function stateOf(store: FakeStore): Promise<string | undefined> {
  return (await store.load('s1'))?.saga.state
}
