import type { Change } from '../../../../src/engine/change.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import { evolve } from '../../../../src/engine/evolve.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { Operated, OperationDetails, SagaAction } from '../../../../src/orchestrator/operators/saga-operation.ts'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { passing, stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

const hook = (content: string) => ({ type: 'file', content }) as const

/** `a` and `c` have commands, that of `c` has a hook and a side effect; `late` fits `c` alone; the end `ended` has a command. */
export const DEFINITION: MachineDefinition = {
  initialState: 'a',
  states: [
    {
      id: 'a',
      isFinal: false,
      outputCommand: { label: 'begin', channel: 'reservations' },
      outgoingTransitions: [{ inputEvent: 'on', targetState: 'b' }],
    },
    { id: 'b', isFinal: false, outgoingTransitions: [{ inputEvent: 'on', targetState: 'c' }] },
    {
      id: 'c',
      isFinal: false,
      outputCommand: { label: 'ship', channel: 'reservations', hook: hook('ship') },
      sideEffects: [{ label: 'mail', channel: 'other' }],
      outgoingTransitions: [
        { inputEvent: 'late', targetState: 'b' },
        { inputEvent: 'end', targetState: 'done' },
      ],
    },
    { id: 'done', isFinal: true },
    { id: 'cancelled', isFinal: true },
    { id: 'ended', isFinal: true, outputCommand: { label: 'tell', channel: 'reservations' } },
  ],
}

let count = 0
export function operate(play: Stage, action: SagaAction, id = `key/${++count}`): Promise<Operated> {
  const operation = { sagaId: 's1', id, operator: 'zoe', reason: 'mended', action }
  return passing(play.runtime, play.orchestrator.operate(operation))
}

export async function head(play: Stage): Promise<Saga> {
  const loaded = await play.store.load('s1')
  if (loaded === undefined) throw new Error('there is no saga')
  return loaded.saga
}

export async function amend(play: Stage, part: Omit<Change, 'sagaId' | 'writeId' | 'at'>): Promise<void> {
  const loaded = await play.store.load('s1')
  if (loaded === undefined) throw new Error('there is no saga')
  const change = { sagaId: 's1', writeId: `w${++count}`, at: play.runtime.wallClock(), ...part }
  await play.store.save(change, evolve(loaded.saga, change), loaded.basis)
}

export function openOperated(options: Parameters<typeof stage>[0] = {}): Stage {
  const play = stage({ definition: DEFINITION, hooks: { ship: () => ({ payload: 'made' }) }, ...options })
  play.other.always(DELIVERED)
  return play
}

/** A saga whose first command waits in its backoff after an answer of 503. */
export async function busy(definition = DEFINITION): Promise<Stage> {
  const play = openOperated({ definition })
  play.channel.always(BUSY)
  await play.create()
  await play.settle()
  return play
}

/** The details that the saga keeps of an action: what an operator reads later. */
export async function recorded(play: Stage, action: SagaAction): Promise<OperationDetails | undefined> {
  const operated = await operate(play, action)
  if (operated.kind !== 'done') throw new Error(`carry out "${action.kind}": ${JSON.stringify(operated)}`)
  return (await head(play)).operations?.at(-1)?.details
}
