import { describe, expect, test } from 'vitest'
import { begin } from '../../../src/engine/decide.ts'
import { evolve } from '../../../src/engine/evolve.ts'
import { mergeFirstLevel } from '../../../src/engine/merge.ts'
import { moveTo } from '../../../src/engine/operator-step.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { State } from '../../../src/machine/compile.ts'

const NOW = 1_000_000
const MACHINE = compile(
  {
    initialState: 'open',
    states: [
      { id: 'open', isFinal: false, outgoingTransitions: [{ inputEvent: 'on', targetState: 'refunding' }] },
      {
        id: 'refunding',
        isFinal: false,
        outputCommand: { label: 'refund', channel: 'bank' },
        timeout: { after: 'PT10S', resend: 2, event: 'expired' },
        outgoingTransitions: [{ inputEvent: 'expired', targetState: 'closed' }],
      },
      {
        id: 'nagging',
        isFinal: false,
        outputCommand: { label: 'nag', channel: 'bank' },
        timeout: { after: 'PT10S', resend: 2 },
        outgoingTransitions: [{ inputEvent: 'on', targetState: 'closed' }],
      },
      { id: 'closed', isFinal: true },
    ],
  },
  { merge: mergeFirstLevel, leaseOf: () => 15_000 },
)

describe('the timer of a move by hand', () => {
  test('P18 with its command arms the timer of the state', () => {
    expect(move('refunding', true)).toMatchObject({
      owes: [{ label: 'refund' }],
      timer: { step: 1, deadline: NOW + 10_000, resends: 2, event: 'expired' },
    })
  })

  test('P5 P18 without its command nothing is sent again: the event comes when it would have come after the resends', () => {
    expect(move('refunding', false)).toMatchObject({
      owes: [],
      timer: { step: 1, deadline: NOW + 30_000, resends: 0, event: 'expired' },
    })
  })

  test('P5 P18 without its command a timer that only sends again is not armed', () => {
    expect(move('nagging', false)).toMatchObject({ owes: [], timer: undefined })
    expect(move('closed', false)).toMatchObject({ owes: [], timer: undefined })
  })
})

function move(state: string, command: boolean) {
  const creation = { id: 's', eventId: 'e', entity: 'entity', metadata: {} }
  const saga = evolve(undefined, { sagaId: 's', writeId: 'w', at: NOW, step: begin(MACHINE, creation, NOW) })
  const target = MACHINE.states.get(state) as State
  return moveTo(MACHINE, { saga, operation: 'key/m', now: NOW, kind: 'move', target, command })
}
