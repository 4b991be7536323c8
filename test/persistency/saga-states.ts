import type { DeadCommand, DeadEvent } from '../../src/engine/saga.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { NOW } from '../../testing/contract/build.ts'
import { DELIVERED, deskOf, openDesk } from '../../testing/contract/operator-desk.ts'
import type { Desk, DeskOptions } from '../../testing/contract/operator-desk.ts'

const OPEN: MachineDefinition['states'][number] = {
  id: 'open',
  isFinal: false,
  outputCommand: { label: 'reserve', channel: 'warehouse' },
  timeout: { after: 'PT1H', event: 'late' },
  outgoingTransitions: [
    { inputEvent: 'on', targetState: 'paying' },
    { inputEvent: 'late', targetState: 'done' },
  ],
}

/** `open` has a timer; `done` and `void` are final. */
const definition: MachineDefinition = {
  initialState: 'open',
  states: [
    OPEN,
    {
      id: 'paying',
      isFinal: false,
      outputCommand: { label: 'charge', channel: 'bank' },
      outgoingTransitions: [{ inputEvent: 'paid', targetState: 'done' }],
    },
    { id: 'done', isFinal: true },
    { id: 'void', isFinal: true },
  ],
}

/** The machine of an earlier deployment: it begins in a state that `definition` lacks. */
const former: MachineDefinition = {
  initialState: 'gone',
  states: [...definition.states, { ...OPEN, id: 'gone' }],
}

const BUSY = { kind: 'rejected', status: 503, retryable: true } as const
/** A dead letter with the id `old`. */
const LETTER: DeadCommand = {
  id: 'old',
  label: 'reserve',
  channel: 'warehouse',
  payload: { n: 7 },
  why: 'status 500',
  since: 1,
  attempts: 3,
}
const EVENT: DeadEvent = { kind: 'event', id: 'e', label: 'on', payload: {}, why: 'expired', since: 1, attempts: 0 }
/** Bytes that the metadata of a huge saga may have, and nearly has. */
const HUGE = 2_000
let count = 0
const next = (options: Partial<DeskOptions> = {}): DeskOptions => ({
  id: `s${++count}`,
  seed: 9,
  definition,
  ...options,
})
const open = (store: Persistency, options: Partial<DeskOptions> = {}): Promise<Desk> =>
  openDesk(store, { definition, ...options })

async function owing(store: Persistency, options: Partial<DeskOptions> = {}): Promise<Desk> {
  const desk = await open(store, options)
  await desk.answers(BUSY)
  desk.willAnswer(DELIVERED)
  return desk
}

async function after(made: Promise<Desk>, change: (desk: Desk) => Promise<unknown>): Promise<Desk> {
  const desk = await made
  await change(desk)
  return desk
}

async function reopened(made: Promise<Desk>, store: Persistency): Promise<Desk> {
  const { id } = await made
  return deskOf(store, next({ id }))
}

/** A process with one saga in each of the states that an operator may find; its participants take commands from then on. */
export const SAGA_STATES = {
  delivered: (store) => open(store),
  'in backoff': (store) => owing(store),
  'under way': (store) => {
    const desk = deskOf(store, next())
    desk.willAnswer(undefined)
    return after(Promise.resolve(desk), () => desk.create({ n: 1 }))
  },
  'under the lease of another process': async (store) => {
    const options = next()
    const other = deskOf(store, options)
    other.willAnswer(undefined)
    await other.create({ n: 1 })
    return deskOf(store, { ...options, seed: 10 })
  },
  'dead command': (store) => after(open(store), (desk) => desk.note({ dead: [LETTER] })),
  'dead event': (store) => after(open(store), (desk) => desk.note({ dead: [EVENT] })),
  'cancelled command': (store) => after(open(store), (desk) => desk.note({ dead: [{ ...LETTER, why: 'cancelled' }] })),
  'held, owing': (store) => after(owing(store), (desk) => desk.operate({ kind: 'hold' }, 'key/0')),
  held: (store) => after(open(store), (desk) => desk.operate({ kind: 'hold' }, 'key/0')),
  parked: (store) =>
    after(open(store), (desk) =>
      desk.note({
        parked: [{ event: { id: 'key/p', sagaId: desk.id, label: 'paid', payload: {} }, since: 1, expires: 2 * NOW }],
      }),
    ),
  'not begun': (store) => {
    const desk = deskOf(store, next())
    return after(Promise.resolve(desk), () => desk.create({ n: 1 }, 2 * NOW))
  },
  'being created': async (store) => {
    const desk = deskOf(store, next())
    desk.willAnswer(undefined)
    void desk.create({ n: 1 })
    return desk
  },
  final: (store) =>
    after(open(store), (desk) => desk.operate({ kind: 'move', state: 'done', command: false }, 'key/0')),
  'final, owing': (store) =>
    after(owing(store), (desk) => desk.operate({ kind: 'move', state: 'done', command: false }, 'key/0')),
  'in an unknown state': (store) => reopened(open(store, { definition: former }), store),
  'in an unknown state, owing': (store) => reopened(owing(store, { definition: former }), store),
  huge: (store) => {
    const desk = deskOf(store, next({ maxSagaSize: HUGE }))
    return after(Promise.resolve(desk), async () => {
      await desk.create({ text: 'x'.repeat(HUGE - 30) })
      await desk.rest()
      const { text } = (await desk.head()).metadata
      // Commands of earlier steps carry metadata of their own.
      await desk.note({ dead: [{ ...LETTER, payload: { text } }] })
      await desk.answers(BUSY)
      desk.willAnswer(DELIVERED)
    })
  },
  absent: async (store) => deskOf(store, next()),
} as const satisfies Readonly<Record<string, (store: Persistency) => Promise<Desk>>>
