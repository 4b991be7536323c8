import type { Change, Step } from '../../../src/engine/change.ts'
import { begin } from '../../../src/engine/decide.ts'
import { evolve } from '../../../src/engine/evolve.ts'
import { mergeFirstLevel } from '../../../src/engine/merge.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import { compile } from '../../../src/machine/compile.ts'

export const AT = 1_000

/** A machine whose first state has a command, a side effect and a timer, and whose second one has another name than before. */
export const MACHINE = compile(
  {
    initialState: 'asked',
    creationEvent: 'made',
    businessStates: [{ id: 4, description: 'asked' }],
    states: [
      {
        id: 'asked',
        isFinal: false,
        businessStateId: 4,
        outputCommand: { label: 'ask', channel: 'bank' },
        sideEffects: [{ label: 'tell', channel: 'post' }],
        timeout: { after: 'PT1M', event: 'silence' },
        outgoingTransitions: [
          { inputEvent: 'silence', targetState: 'quiet' },
          { inputEvent: 'ended', targetState: 'end' },
        ],
      },
      { id: 'quiet', isFinal: false, outgoingTransitions: [{ inputEvent: 'ended', targetState: 'end' }] },
      { id: 'end', isFinal: true, businessStateId: 4, outgoingTransitions: [] },
    ],
  },
  { merge: mergeFirstLevel, leaseOf: () => 50, movedStates: { still: 'quiet', over: 'end' } },
)

/** The first step of a saga. */
export function firstStep(): Step {
  const creation = { id: 's', eventId: 'e', entity: 'o', metadata: { a: 1 }, trace: 'T', headers: { miauserid: 'u' } }
  return begin(MACHINE, creation, AT)
}

/** A saga in its first state, which owes its command. */
export function born(): Saga {
  return evolve(undefined, { sagaId: 's', writeId: 'w', at: AT, step: firstStep() })
}

/** The saga after a change at an instant, that of its birth by default. */
export function after(saga: Saga, change: Partial<Change>): Saga {
  return evolve(saga, { sagaId: 's', writeId: 'w2', at: AT, ...change })
}

/** The saga with these parked events, each of which expires at the instant after its label. */
export function parkedWith(
  saga: Saga,
  ...events: readonly (readonly [label: string, expires: number, due?: number])[]
): Saga {
  const parked = events.map(([label, expires, due]) => ({
    event: { id: label, sagaId: 's', label, payload: {} },
    since: AT,
    expires,
    due,
  }))
  return after(saga, { parked })
}
