import { describe } from 'vitest'
import { keptOf } from '../../../../src/engine/dead-letters.ts'
import type { Step } from '../../../../src/engine/change.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import type { Created } from '../../../../src/orchestrator/corridor.ts'
import { eventOf, ID, PARKED } from './hand-made.ts'
import type { HandMade } from './hand-made.ts'
import { breaks, keeps } from './judged.ts'

/** A step like that of `label`, with other parts. */
function other(made: HandMade, label: string, part: Partial<Step>): void {
  const head = made.saga
  const event = eventOf(label)
  made.ask({ door: 'event', event })
  const { step } = made.step(event).change
  made.observations.pop()
  made.head = head
  if (step !== undefined) made.write({ step: { ...step, ...part } })
}

/** An answer without its write. */
function onlyAnswered(made: HandMade, kind: 'moved' | 'duplicate' | 'parked', state = 'b'): void {
  made.answer(made.ask({ door: 'event', event: eventOf('to-b') }), { kind, sagaId: ID, state })
}

const read = (made: HandMade, label: string, offset: number) =>
  made.ask({ door: 'source', event: eventOf(label, { id: `kafka/${offset}` }), partition: 'events/0', offset })

describe('I1 an answer comes after its write', () => {
  keeps('I1 a creation, moves, a parked event and committed ones', (made) => {
    made.create().park('to-c').move('to-b')
    const request = read(made, 'strange', 0)
    made.answer(request, { kind: 'committed' })
    made.step(eventOf('to-c'), { unparked: [{ id: 'key/to-c', label: 'to-c' }] })
    const last = read(made, 'to-end', 1)
    made.step(eventOf('to-end', { id: 'kafka/1' }))
    made.answer(last, { kind: 'committed' })
  })
  breaks('I1', {
    'a creation that is not durable': (made) => {
      const creation = { id: ID, entity: 'e', metadata: {} }
      made.answer(made.ask({ door: 'creation', creation }), { kind: 'created', sagaId: ID })
    },
    'a move that is not durable': (made) => onlyAnswered(made.create(), 'moved'),
    'a move whose write comes later': (made) => {
      onlyAnswered(made.create(), 'moved')
      made.step(eventOf('to-b'))
    },
    'the state of another step': (made) => {
      const request = made.create().ask({ door: 'event', event: eventOf('to-b') })
      made.step(eventOf('to-b'))
      made.answer(request, { kind: 'moved', sagaId: ID, state: 'c' })
    },
    'a parked event that is not kept': (made) => onlyAnswered(made.create(), 'parked', 'a'),
    'an offset whose event is not applied': (made) =>
      made.create().answer(read(made, 'to-b', 0), { kind: 'committed' }),
    'an operation that is not durable': (made) => {
      const operation = { sagaId: ID, id: 'key/o', operator: 'zoe', reason: 'r', action: { kind: 'hold' } } as const
      const request = made.create().ask({ door: 'operator', operation })
      made.answer(request, { kind: 'done', sagaId: ID, state: 'a', details: {} })
    },
    'a saga that the store has lost': (made) => {
      made.create()
      made.head = undefined
    },
  })
})

describe('I3 I6 the history is a path', () => {
  keeps(
    'I3 a path with a loop, to its end',
    (made) => void made.create().move('to-b').move('again').move('to-c').move('to-b', { id: 'key/2' }),
  )
  keeps('I3 P11 a new name of the state', (made) => {
    made.create()
    const step = { id: 'renamed/1', label: '__renamed__' }
    other(made, 'to-b', {
      event: step,
      state: { id: 'a', isFinal: false },
      by: { renamedFrom: 'a' },
      stays: true,
      owes: [],
      sideEffects: [],
      metadata: made.saga.metadata,
    })
  })
  breaks('I3', {
    'an event that the state does not list': (made) =>
      other(made.create(), 'to-b', { event: { id: 'key/x', label: 'to-c' } }),
    'another target': (made) =>
      other(made.create(), 'to-b', { state: { id: 'c', isFinal: false }, owes: [], sideEffects: [] }),
    'a state that no machine has': (made) => other(made.create(), 'to-b', { state: { id: 'x', isFinal: false } }),
    'a wrong finality': (made) => other(made.create(), 'to-b', { state: { id: 'b', isFinal: true } }),
    'a business state of another state': (made) =>
      other(made.create(), 'to-b', { state: { id: 'b', isFinal: false, business: { id: 7 } } }),
    'a new name of another state': (made) => other(made.create(), 'to-b', { by: { renamedFrom: 'c' }, stays: true }),
  })
  breaks('I6', {
    'a step after the end': (made) => {
      made.create().move('late')
      const end = made.saga
      made.head = { ...end, state: 'a', isFinal: false }
      made.step(eventOf('to-b'))
      const write = made.observations.at(-1) as { before: Saga }
      write.before = end
    },
  })
})

describe('I4 P7 an event is applied once', () => {
  keeps(
    'I4 P7 one id on events of two labels',
    (made) => void made.create().move('to-b', { id: 'key/1' }).move('to-c', { id: 'key/1' }),
  )
  keeps('I4 a repeat is a duplicate', (made) => {
    made.create().move('to-b').move('to-c')
    onlyAnswered(made, 'duplicate', 'c')
  })
  breaks('I4', {
    'a second application': (made) => void made.create().move('to-b').move('again').move('to-c').move('to-b'),
    'a duplicate that was never applied': (made) => onlyAnswered(made.create(), 'duplicate', 'a'),
    'two answers of one move': (made) => onlyAnswered(made.create().move('to-b'), 'moved'),
    'an event that no door has taken': (made) => void made.create().step(eventOf('to-b')),
  })
})

describe('I5 events of one saga in one partition take effect in order', () => {
  const taken = (made: HandMade, label: string, offset: number) => made.step(eventOf(label, { id: `kafka/${offset}` }))
  keeps('I5 in order, and out of order after it was read again', (made) => {
    read(made.create(), 'to-b', 0)
    taken(made, 'to-b', 0)
    read(made, 'again', 1)
    read(made, 'to-c', 2)
    taken(made, 'to-c', 2)
    read(made, 'to-b', 3)
    taken(made, 'to-b', 3)
    read(made, 'again', 1)
    taken(made, 'again', 1)
  })
  keeps('I5 an event that was a dead letter, and that an operator offers again', (made) => {
    read(made.create(), 'to-b', 0)
    taken(made, 'to-b', 0)
    read(made, 'again', 1)
    const letter = { id: 'kafka/1', label: 'again' }
    made.write({ dead: [{ ...letter, kind: 'event', payload: {}, why: 'full', since: made.now, attempts: 0 }] })
    read(made, 'to-c', 2)
    taken(made, 'to-c', 2)
    read(made, 'to-b', 3)
    taken(made, 'to-b', 3)
    made.step(eventOf('again', { id: 'kafka/1' }), { dropped: [{ kind: 'event', ...letter }] })
  })
  breaks('I5', {
    'a later event first': (made) => {
      made.create().move('to-b')
      read(made, 'again', 1)
      read(made, 'again', 2)
      taken(made, 'again', 2)
      taken(made, 'again', 1)
    },
    'a younger parked event first': (made) => {
      made.create()
      made.park('again').park('to-c')
      made.move('to-b')
      made.step(eventOf('to-c'), { unparked: [{ id: 'key/to-c', label: 'to-c' }] })
    },
    'a request without an answer': (made) =>
      void made
        .create()
        .settle()
        .lives('calm')
        .ask({ door: 'event', event: eventOf('x') }),
  })
})

describe('C4.2 the metadata after an event', () => {
  const terms = { merge: 'first-level' } as const
  keeps(
    'C4.2 keys at the top are replaced',
    (made) => void made.create().move('to-b', { payload: { n: { m: 1 } } }),
    terms,
  )
  breaks(
    'C4.2',
    { 'a payload that is not merged': (made) => other(made.create(), 'to-b', { metadata: { n: 0 } }) },
    terms,
  )
})

describe('P8 creation by key', () => {
  const again = (made: HandMade, part: object, answer: Created['kind']) => {
    const creation = { id: ID, entity: 'e', metadata: { n: 0 }, key: 'key/c', ...part }
    made.create().answer(made.ask({ door: 'creation', creation }), { kind: answer, sagaId: ID } as Created)
  }
  keeps('P8 the same body, with or without its fingerprint', (made) => again(made, {}, 'repeated'))
  keeps('P8 another body', (made) => again(made, { fingerprint: 'g' }, 'mismatch'))
  breaks('P8', {
    'the same body as a mismatch': (made) => again(made, {}, 'mismatch'),
    'another body as a repeat': (made) => again(made, { metadata: { n: 1 } }, 'repeated'),
    'another fingerprint as a repeat': (made) => again(made, { fingerprint: 'g' }, 'repeated'),
    'one saga that is created twice': (made) => again(made, {}, 'created'),
  })
})

describe('P10 parked events', () => {
  const bounds = { unexpectedEvents: 'park', parking: { limit: 1, timeToLive: PARKED } } as const
  const gone = { unparked: [{ id: 'key/to-c', label: 'to-c' }] }
  keeps(
    'P10 one is taken by the step that removes it',
    (made) => {
      made.create().park('to-c').move('to-b')
      made.step(eventOf('to-c'), gone)
    },
    bounds,
  )
  keeps(
    'P10 one that expires is a dead letter, one is dropped by the end, one by an operator',
    (made) => {
      made.create().park('to-c')
      made.write({
        ...gone,
        dead: [{ kind: 'event', id: 'key/to-c', label: 'to-c', payload: {}, why: 'late', since: 0, attempts: 0 }],
      })
      made.park('x').operate({ kind: 'drop-parked', event: 'key/x' }, { unparked: [{ id: 'key/x', label: 'x' }] })
      made.park('to-end')
      const request = made.ask({ door: 'event', event: eventOf('late') })
      made.step(eventOf('late'), { unparked: [{ id: 'key/to-end', label: 'to-end' }] })
      made.answer(request, { kind: 'moved', sagaId: ID, state: 'end' })
    },
    bounds,
  )
  breaks(
    'P10',
    {
      'more events than may be': (made) => void made.create().park('to-c').park('x'),
      'another time to live': (made) => void made.create().park('to-c', { expires: made.now + 7 }),
      'an event that leaves without a reason': (made) => void made.create().park('to-c').write(gone),
      'an event that stays after it was taken': (made) => {
        made.create().park('to-c').move('to-b')
        made.step(eventOf('to-c'))
      },
      'an event that the state takes': (made) => void made.create().park('to-b'),
      'an event that was applied': (made) => void made.create().move('to-b').park('to-b'),
      'a saga that has ended': (made) => void made.create().move('late').park('to-b'),
      'an event that a write changes': (made) => {
        made.create().park('to-c')
        made.write({}, { parked: made.saga.parked.map((one) => ({ ...one, expires: one.expires + 1 })) })
      },
      'an event out of nothing': (made) => {
        const parked = [{ event: keptOf(eventOf('to-c')), since: made.now, expires: made.now + PARKED }]
        made.create().write({}, { parked })
      },
    },
    bounds,
  )
  breaks(
    'P10',
    { 'parking where unexpected events are ignored': (made) => void made.create().park('to-c') },
    { unexpectedEvents: 'ignore' },
  )
})
