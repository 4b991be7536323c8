import { describe } from 'vitest'
import { begin } from '../../../../src/engine/decide.ts'
import { eventOf, ID, LEASE } from './hand-made.ts'
import type { HandMade } from './hand-made.ts'
import { breaks, keeps } from './judged.ts'

const MINUTE = 60_000

/** By another process. */
function elsewhere(made: HandMade, work: () => void): void {
  const own = made.process
  made.process = 'p2'
  work()
  made.process = own
}

/** An event that moves the saga, and its answer. */
function told(made: HandMade, kind: 'duplicate' | 'moved', between: () => void = () => undefined): void {
  const event = eventOf('to-b')
  const request = made.ask({ door: 'event', event })
  made.step(event)
  between()
  made.answer(request, { kind, sagaId: ID, state: 'b' })
}

describe('P13 the first sends of a saga keep their order', () => {
  keeps('P13 one after the other, although none has ended', (made) => {
    made.create().begin(made.owed()).move('to-b').begin(made.owed())
  })
  keeps('P13 another process holds the earlier one', (made) => {
    made.create()
    elsewhere(made, () => void made.move('to-b').begin(made.owed()))
  })
  keeps('P13 the process does not know that the write of the earlier one is durable', (made) => {
    made.create().begin(made.owed())
    made.ask({ door: 'event', event: eventOf('to-b') })
    made.step(eventOf('to-b'))
    made.move('again').begin(made.owed())
  })
  keeps('P13 P6 another write has followed before the answer, so that the first one was not known', (made) => {
    made.create().begin(made.owed())
    const request = made.ask({ door: 'event', event: eventOf('to-b') })
    made.step(eventOf('to-b'))
    made.write({})
    made.answer(request, { kind: 'committed' })
    made.move('again').begin(made.owed())
  })
  breaks('P13', {
    'a command that overtakes one of the same process': (made) => void made.create().move('to-b').begin(made.owed()),
  })
  breaks(
    'P13',
    {
      'a command that overtakes one of a process that has ended': (made) => {
        made.create().lives('crashed')
        elsewhere(made, () => void made.move('to-b').begin(made.owed()))
      },
    },
    { shared: false },
  )
})

describe('P14 no send begins after its lease', () => {
  keeps('P14 within the lease', (made) => void made.create().begin(made.owed()))
  keeps('P14 P23 a process whose clock was set is not judged', (made) => {
    made.lives('started').create()
    made.now += 2 * LEASE
    made.skew = -LEASE
    made.begin(made.owed())
  })
  breaks('P14', {
    'a send that begins when its lease is over': (made) => {
      const command = made.lives('started').create().owed()
      made.now += LEASE
      made.begin(command)
    },
  })
})

describe('P6 a write knows itself', () => {
  keeps('P6 a repeat of the request is a duplicate', (made) => {
    made.create().move('to-b')
    made.answer(made.ask({ door: 'event', event: eventOf('to-b') }), { kind: 'duplicate', sagaId: ID, state: 'b' })
  })
  keeps('P6 another write has followed', (made) => {
    made.create()
    told(made, 'duplicate', () => elsewhere(made, () => void made.write({})))
  })
  breaks('P6', {
    'a request that came once and is answered as a repeat': (made) => void told(made.create(), 'duplicate'),
    'a creation that came once and is answered as a repeat': (made) => {
      const request = made.ask({ door: 'creation', creation: { id: ID, entity: 'e', metadata: {}, key: 'key/c' } })
      made.write({ step: begin(made.machine, { id: ID, eventId: 'key/c', entity: 'e', metadata: {} }, made.now) })
      made.answer(request, { kind: 'repeated', sagaId: ID })
    },
  })
})

describe('I9 in a calm run work is done when it is due', () => {
  const calm = (made: HandMade, wait: number) => {
    made.create().settle().lives('calm')
    made.now += wait
    made.move('to-b').settle().move('to-c').move('to-end')
  }
  keeps('I9 a deadline that is a little late', (made) => calm(made, 2 * MINUTE))
  keeps('I9 where only requests find what is due', (made) => calm(made, 10 * MINUTE), { redelivery: true })
  breaks('I9', { 'a deadline that an event has to make up for': (made) => calm(made, 10 * MINUTE) })
})

describe('I4 P18 the events of timers', () => {
  breaks('I4', {
    'a timer that makes an event of its own at each look': (made) => {
      made.create().settle()
      made.now += 2 * MINUTE
      made.step(eventOf('late', { id: 'timer/0/1', payload: {} }))
    },
  })
})
