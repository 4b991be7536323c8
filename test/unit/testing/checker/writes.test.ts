import { describe } from 'vitest'
import type { Mutable } from './mutable.ts'
import { BUSY, DELIVERED, eventOf, ID } from './hand-made.ts'
import type { HandMade } from './hand-made.ts'
import { breaks, keeps } from './judged.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import type { Written } from '../../../../testing/checker/observation.ts'

/** Writes that look as if they were sound, with other fields in what they leave. */
const leaving = (fields: Partial<Saga>) => (made: HandMade) => void made.create().write({}, fields)

/** Leaves the newest write out of what is stored later: the next one goes on from the head before it. */
function forget(made: HandMade): void {
  const last = made.observations.findLast((one): one is Written => one.kind === 'written')
  made.head = last?.before
}

describe('I8 P2 P6 P30 the writes of a saga are a chain', () => {
  keeps('I8 steps and bookkeeping', (made) => void made.create().settle().move('to-b').move('to-c').move('to-end'))
  breaks('I8', {
    'a write that goes on from an older head': (made) => {
      made.create().move('to-b')
      forget(made)
      made.write({ settled: [] })
    },
    'a second creation': (made) => {
      made.create()
      made.head = undefined
      made.create()
    },
    'a first write that is no creation': (made) => {
      made.create().settle()
      made.observations.splice(1, 1)
    },
    'another state without a step': leaving({ state: 'b' }),
    'other metadata without a step': leaving({ metadata: { n: 1 } }),
    'another entity': leaving({ entity: 'other' }),
    'another instant of creation': leaving({ createdAt: 0 }),
    'an instant of change that is not that of the write': leaving({ updatedAt: 0 }),
    'deliveries that no write has made': leaving({
      delivered: [{ id: `${ID}/0/0`, label: 'do-a', channel: 'bank', since: 0, at: 0, sends: 1 }],
    }),
    'metadata that are not those of the step': (made) => {
      made.create().move('to-b')
      ;(made.observations.at(-2) as Mutable<Written>).after = { ...made.saga, metadata: { n: 7 } }
    },
    'a store that has lost the last write': (made) => {
      made.create().settle()
      forget(made)
    },
  })
  breaks('P6', {
    'one write id twice': (made) => {
      made.create().settle()
      const [first] = made.observations.filter((one): one is Written => one.kind === 'written')
      made.write({ writeId: first?.change.writeId } as object)
    },
  })
  breaks('P30', {
    'two entries in one write': (made) => {
      made.create()
      made.write({}, { length: 3 })
    },
    'a step whose number is taken': (made) => {
      made.create()
      const { step } = made.step(eventOf('to-b')).change
      made.write({ step })
    },
  })
})

describe('P3 P5 P12 P15 the outbox adds up', () => {
  keeps('P3 a step keeps what is owed, with its bytes', (made) => {
    made.create().move('to-b').move('to-c')
    for (const debt of made.saga.owed) made.send({ ...debt, sagaId: ID, payload: debt.payload ?? made.saga.metadata })
  })
  breaks('P3', {
    'a step that wipes a debt': (made) => {
      made.create()
      made.write({ step: made.step(eventOf('to-b')).change.step }, { owed: made.saga.owed.slice(-1) })
    },
    'a settled command that stays': (made) => {
      made.create()
      const { owed } = made.saga
      made.send(made.owed(), DELIVERED).write({ settled: [`${ID}/0/0`] }, { owed })
    },
    'a debt out of nothing': (made) => {
      const [debt] = made.create().saga.owed
      if (debt !== undefined) made.write({}, { owed: [debt, { ...debt, id: `${ID}/0/7` }] })
    },
    'debts in another order': (made) => {
      made.create().move('to-b')
      made.write({}, { owed: made.saga.owed.toReversed() })
    },
  })
  breaks('P5', {
    'a payload that follows the metadata': (made) => {
      made.create().move('to-b')
      made.write({}, { owed: made.saga.owed.map((debt) => ({ ...debt, payload: made.saga.metadata })) })
    },
    'another channel': (made) =>
      void made.create().write({}, { owed: made.saga.owed.map((debt) => ({ ...debt, channel: 'other' })) }),
  })
  breaks('P12', {
    'a lease that no write has given': (made) =>
      void made.create().write({}, { owed: made.saga.owed.map((debt) => ({ ...debt, due: debt.due + 1 })) }),
  })
  breaks('P13', {
    'a send that is forgotten': (made) => {
      made.create()
      const id = `${ID}/0/0`
      made.send(made.owed(), BUSY)
      const { owed } = made.saga
      made.write(
        { tried: [{ id, attempts: 1, due: made.now + 1, started: true }] },
        { owed: owed.map((debt) => ({ ...debt, attempts: 1, due: made.now + 1, sends: 1 })) },
      )
    },
  })
})

describe('P4 I9 a head is due with its earliest work', () => {
  keeps('P4 debts, timer and parked events', (made) => void made.create().settle().park('to-c').move('to-b'))
  breaks('P4', {
    'a due that is too early': (made) => void made.create().write({}, { due: 1 }),
    'a due without work': (made) =>
      void made.create().settle().move('to-b').settle().move('to-c').write({}, { due: 1 }),
  })
  breaks('I9', {
    'a debt that recovery does not find': (made) => void made.create().write({}, { due: undefined }),
    'a deadline that recovery finds too late': (made) =>
      void made
        .create()
        .settle()
        .write({}, { due: (made.saga.timer?.deadline ?? 0) + 1 }),
  })
})
