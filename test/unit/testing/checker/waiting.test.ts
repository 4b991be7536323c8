import { describe } from 'vitest'
import type { Change, Step } from '../../../../src/engine/change.ts'
import { eventOf, ID, LEASE } from './hand-made.ts'
import type { HandMade } from './hand-made.ts'
import { breaks, keeps } from './judged.ts'

const MINUTE = 60_000

/** The timer of `a` sends its command again, and the participant takes it. */
function resend(made: HandMade): HandMade {
  const { timer } = made.saga
  if (timer === undefined) throw new Error('there is no timer')
  made.now = Math.max(made.now, timer.deadline)
  const debt = {
    id: `${ID}/0/0`,
    label: 'do-a',
    channel: 'bank',
    attempts: 0,
    since: made.now,
    due: made.now + LEASE,
    tried: true,
  } as const
  made.write({ timer: { ...timer, resends: timer.resends - 1, deadline: made.now + MINUTE }, revived: [debt] })
  return made.settle()
}

const fire = (made: HandMade, part: object = {}) =>
  void made.step(eventOf('late', { id: 'timer/0', payload: {}, ...part }))

describe('P18 a timer belongs to one visit', () => {
  keeps('P18 a resend, then the event', (made) => {
    resend(made.create().settle())
    made.now += MINUTE
    fire(made)
  })
  keeps('P18 an answer disarms it', (made) => void made.create().settle().move('to-b'))
  breaks('P18', {
    'an event before its deadline': (made) => fire(resend(made.create().settle())),
    'an event before its resends': (made) => {
      made.create().settle()
      made.now += MINUTE
      fire(made)
    },
    'an event of another visit': (made) => {
      resend(made.create().settle())
      made.now += MINUTE
      fire(made, { id: 'timer/7' })
    },
    'an event without a timer': (made) => {
      made.create().settle().move('to-b')
      made.step(eventOf('to-c', { id: 'timer/1' }))
    },
    'a resend before the deadline': (made) => {
      const { timer } = made.create().settle().saga
      if (timer !== undefined) made.write({ timer: { ...timer, resends: 0, deadline: timer.deadline + MINUTE } })
    },
    'a resend that is not counted': (made) => {
      const { timer } = made.create().settle().saga
      made.now += MINUTE
      if (timer !== undefined) made.write({ timer: { ...timer, deadline: timer.deadline + MINUTE } })
    },
    'a state that arms no timer': (made) => void made.create().write({}, { timer: undefined }),
    'a deadline that is not that of the machine': (made) => {
      made.create()
      const write = made.observations.findLast(({ kind }) => kind === 'written') as { after: object }
      write.after = { ...write.after, timer: { step: 0, deadline: 1, resends: 1, event: 'late' } }
    },
    'a timer that outlives its state': (made) => {
      const { timer } = made.create().settle().saga
      made.move('to-b').write({}, { timer })
    },
  })
})

/** A step by hand into `c`, or a patch. */
function byHand(made: HandMade, operation: string, part: Partial<Step> = {}): Step {
  const { length, metadata } = made.saga
  return {
    sagaId: ID,
    number: length,
    at: made.now + 1_000,
    event: { id: operation, label: '__moved__' },
    state: { id: 'c', isFinal: false },
    metadata,
    owes: [],
    sideEffects: [],
    machine: made.machine.hash,
    by: { operation },
    ...part,
  }
}

function move(made: HandMade, part: Partial<Step> = {}, change: Partial<Change> = {}): HandMade {
  return made.operate(
    { kind: 'move', state: 'c', command: false },
    { step: byHand(made, 'key/m', part), ...change },
    'key/m',
  )
}

const hold = (made: HandMade) => made.operate({ kind: 'hold' }, { hold: { since: made.now } })
const release = (made: HandMade) => made.operate({ kind: 'release' }, { hold: null })

describe('P25 P27 an action of an operator is one write with its record', () => {
  keeps('P25 I3 a move by hand', (made) => void move(made.create().settle()).move('to-end'))
  keeps('P25 a cancellation', (made) => {
    const { label, channel, payload } = made.create().owed()
    const letter = { id: `${ID}/0/0`, label, channel, payload, why: 'cancelled', since: made.now, attempts: 0 }
    const step = byHand(made, 'key/c', {
      event: { id: 'key/c', label: '__cancelled__' },
      state: { id: 'end', isFinal: true },
    })
    made.operate({ kind: 'cancel', state: 'end' }, { step, dead: [letter] }, 'key/c')
  })
  breaks('P25', {
    'a step by hand without its record': (made) =>
      void made
        .create()
        .settle()
        .write({ step: byHand(made, 'key/m') }),
    'a record under another id': (made) =>
      void made
        .create()
        .settle()
        .operate({ kind: 'move', state: 'c', command: false }, { step: byHand(made, 'key/x') }, 'key/m'),
    'a record that is not kept': (made) => void hold(made.create()).write({}, { operations: undefined }),
    'an action that is carried out twice': (made) => {
      move(made.create().settle())
      move(made, { state: { id: 'c', isFinal: false } })
    },
    'an action that nobody has asked for': (made) =>
      void made.create().write({
        hold: { since: made.now },
        operation: { id: 'key/h', action: 'hold', at: made.now, operator: 'zoe', reason: 'r' },
      }),
    'a dry run that writes': (made) => {
      const operation = {
        sagaId: ID,
        id: 'key/h',
        operator: 'zoe',
        reason: 'r',
        action: { kind: 'hold' },
        dryRun: true,
      } as const
      made.create().ask({ door: 'operator', operation })
      made.write({
        hold: { since: made.now },
        operation: { id: 'key/h', action: 'hold', at: made.now, operator: 'zoe', reason: 'r' },
      })
    },
    'a record without a reason': (made) => {
      const operation = { sagaId: ID, id: 'key/h', operator: 'zoe', reason: '', action: { kind: 'hold' } } as const
      made.create().ask({ door: 'operator', operation })
      made.write({
        hold: { since: made.now },
        operation: { id: 'key/h', action: 'hold', at: made.now, operator: 'zoe', reason: '' },
      })
    },
    'a record of another operator': (made) => {
      const operation = { sagaId: ID, id: 'key/h', operator: 'ann', reason: 'r', action: { kind: 'hold' } } as const
      made.create().ask({ door: 'operator', operation })
      made.write({
        hold: { since: made.now },
        operation: { id: 'key/h', action: 'hold', at: made.now, operator: 'zoe', reason: 'r' },
      })
    },
    'a move to another state than was asked for': (made) =>
      void move(made.create().settle(), { state: { id: 'end', isFinal: true } }),
    'a move by hand that sends, although it was asked not to': (made) => {
      const { owed } = made.create().saga
      move(made.settle(), { owes: owed })
    },
    'a repeat that was never carried out': (made) => {
      const operation = { sagaId: ID, id: 'key/h', operator: 'zoe', reason: 'r', action: { kind: 'hold' } } as const
      made.create().answer(made.ask({ door: 'operator', operation }), { kind: 'repeated', sagaId: ID, state: 'a' })
    },
  })
  breaks('P27', {
    'a saga that a bulk operation takes twice': (made) => {
      const bulk = (part: object, kind: 'hold' | 'release') => made.operate({ kind }, part, 'bulk/1')
      made.create()
      bulk({ hold: { since: made.now } }, 'hold')
      bulk({ hold: null }, 'release')
    },
  })
})

describe('P26 a held saga', () => {
  const until = (made: HandMade) => ({ since: made.now, until: made.now + MINUTE, isBeginning: true }) as const
  keeps('P26 it parks, is patched by hand, and goes on', (made) => {
    hold(made.create().settle()).park('to-b')
    move(made).operate({ kind: 'release' }, { hold: null }).move('to-end')
  })
  breaks('P26', {
    'an event': (made) => {
      const { hold: held } = hold(made.create().settle()).saga
      made.head = { ...made.saga, hold: undefined }
      made.step(eventOf('to-b'))
      const write = made.observations.at(-1) as { before: object }
      write.before = { ...write.before, hold: held }
    },
    'a claim': (made) =>
      void hold(made.create()).write({ tried: [{ id: `${ID}/0/0`, attempts: 0, due: made.now + LEASE }] }),
    'a resend': (made) => {
      const [debt] = made.create().saga.owed
      hold(made.settle()).write({ revived: debt === undefined ? [] : [debt] })
    },
    'a timer': (made) => {
      const { timer } = hold(made.create().settle()).saga
      made.now += MINUTE
      if (timer !== undefined) made.write({ timer: { ...timer, resends: 0 } })
    },
    'an end before its time': (made) => void hold(made.create()).write({ hold: null }),
    'a hold that nobody has asked for': (made) => void made.create().write({ hold: { since: made.now } }),
    'a hold that goes with a write that does not name it': (made) =>
      void hold(made.create()).write({}, { hold: undefined }),
    'time of a hold that counts against the participant': (made) => {
      hold(made.create())
      made.now += MINUTE
      release(made)
      made.write({}, { owed: made.saga.owed.map((debt) => ({ ...debt, held: undefined })) })
    },
    'a side effect that leaves while it is kept back': (made) => {
      const mail = { id: `${ID}/1/1`, label: 'mail', channel: 'post' }
      const held = hold(made.create().settle()).saga.hold
      const step = byHand(made, 'key/m', {
        state: { id: 'b', isFinal: false },
        sideEffects: [{ ...mail, sagaId: ID, payload: { n: 0 } }],
      })
      made.operate(
        { kind: 'move', state: 'b', command: true },
        { step, hold: held && { ...held, sideEffects: [mail] } },
        'key/m',
      )
      made.send({ ...mail, sagaId: ID, payload: { n: 0 } })
    },
    'a beginning that ends early': (made) => {
      made.create().write({}, { hold: until(made) })
      made.write({ hold: null })
    },
  })
})

describe('I9 after a calm nothing that is due is undone', () => {
  keeps(
    'I9 a saga that waits for an event',
    (made) => void made.create().settle().move('to-b').settle().move('to-c').lives('calm'),
  )
  const later = (made: HandMade) => {
    made.lives('calm').now += 60 * MINUTE
    made.lives('started')
  }
  breaks('I9', {
    'a deadline that has passed': (made) => later(made.create().settle()),
    'a parked event whose time is over': (made) =>
      later(made.create().settle().move('to-b').settle().move('to-c').park('x')),
    'a hold whose time is over': (made) => {
      made.create().settle().move('to-b').settle().move('to-c')
      made.write({}, { hold: { since: made.now, until: made.now + 1 }, due: made.now + 1 })
      later(made)
    },
    'a parked event that is not offered': (made) => {
      made.create().settle().move('to-b').settle().move('to-c').park('x', { due: made.now })
      made.lives('calm').now += MINUTE / 2
      made.lives('started')
    },
  })
})
