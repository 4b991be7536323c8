import { describe } from 'vitest'
import type { Metadata } from '../../../../src/engine/saga.ts'
import { eventOf, ID } from './hand-made.ts'
import type { HandMade } from './hand-made.ts'
import { breaks, keeps } from './judged.ts'

const MINUTE = 60_000

/** Created, and moved to its end. */
function ended(made: HandMade): HandMade {
  return made.create().settle().move('to-b').settle().move('to-c').move('to-end')
}

/** Ended, and removed after its time. */
function gone(made: HandMade): HandMade {
  ended(made)
  made.now += MINUTE
  return made.remove()
}

function askAgain(made: HandMade, other: { readonly metadata?: Metadata; readonly fingerprint?: string } = {}): number {
  const creation = { id: ID, entity: 'e', metadata: { n: 0 }, key: 'key/c', fingerprint: 'f', ...other }
  return made.ask({ door: 'creation', creation })
}

describe('I4 P8 a saga that was removed may begin another life', () => {
  keeps('P23 a saga that has ended leaves the store', (made) => void gone(made), { retention: MINUTE })
  keeps('I4 P8 the same creation, and the same events', (made) => void ended(gone(made)))
  keeps('P8 another body under the key of the life before', (made) => {
    gone(made).create()
    const asked = askAgain(made, { metadata: { n: 1 }, fingerprint: 'g' })
    made.answer(asked, { kind: 'mismatch', sagaId: ID })
  })
  keeps('P9 an event between two lives finds no saga', (made) => {
    const asked = gone(made).ask({ door: 'event', event: eventOf('to-b') })
    made.answer(asked, { kind: 'unknown-saga', sagaId: ID })
    made.create()
  })
  keeps('P12 a message of the life before that comes late is no send of the next one', (made) => {
    const first = made.create().owed()
    made.settle()
    const { send } = made.observations.findLast(({ kind }) => kind === 'arrived') as { send: number }
    made.move('to-b').settle().move('to-c').move('to-end')
    made.now += MINUTE
    made.remove().create()
    made.send(made.owed()).send(first)
    const late = made.observations.at(-1) as { send: number }
    late.send = send
  })
  breaks('P12', {
    'a command that one life sends twice': (made) => {
      const second = gone(made).create().owed()
      made.send(second).send(second)
    },
  })
  breaks('I1', {
    'a saga that is removed before its end': (made) => void made.create().settle().remove(),
    'a saga that is removed while it owes a command': (made) =>
      void made.create().move('to-b').settle().move('to-c').move('to-end').remove(),
  })
  breaks(
    'P23',
    { 'a saga that is removed before its time': (made) => void ended(made).remove() },
    { retention: MINUTE },
  )
  breaks('I4', {
    'an event that is applied twice in the second life': (made) => {
      gone(made).create().move('to-b').step(eventOf('again'))
      made.step(eventOf('again'))
    },
  })
  breaks('P8', {
    'two requests that have created one life': (made) => {
      gone(made).create()
      made.answer(askAgain(made), { kind: 'created', sagaId: ID })
    },
  })
  breaks('P9', {
    'an event of the second life that finds no saga': (made) => {
      const asked = gone(made)
        .create()
        .ask({ door: 'event', event: eventOf('to-b') })
      made.answer(asked, { kind: 'unknown-saga', sagaId: ID })
    },
  })
  breaks('I8', {
    'a creation over a saga that is kept': (made) => {
      ended(made).head = undefined
      made.create()
    },
  })
})
