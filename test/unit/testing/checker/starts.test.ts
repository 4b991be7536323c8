import { describe } from 'vitest'
import { moveTo } from '../../../../src/engine/operator-step.ts'
import { DELIVERED, ID, LEASE } from './hand-made.ts'
import type { HandMade } from './hand-made.ts'
import { breaks, keeps } from './judged.ts'

const MOVE = { kind: 'move', state: 'b', command: true } as const
const ZOE = { operator: 'zoe', reason: 'mended' }

/** Held in `a`, whose command is delivered, then moved by hand into `b`: its command was never leased. */
function heldInB(made: HandMade): HandMade {
  made.create().settle()
  made.operate({ kind: 'hold' }, { hold: { since: made.now } })
  const target = made.machine.states.get('b')
  if (target === undefined) throw new Error('there is no state "b"')
  const move = { saga: made.saga, operation: 'key/m', now: made.now, kind: 'move', target, command: true } as const
  const request = made.ask({ door: 'operator', operation: { sagaId: ID, id: 'key/m', ...ZOE, action: MOVE } })
  const operation = { id: 'key/m', ...ZOE, action: 'move', at: made.now, details: { command: true } } as const
  made.write({ step: moveTo(made.machine, move), operation })
  made.answer(request, { kind: 'done', sagaId: ID, state: 'b', details: {} })
  made.now += LEASE
  return made
}

/** A hold that ends by itself leases nothing: what is owed is due then. */
function overInB(made: HandMade): HandMade {
  const held = heldInB(made)
  const { owed } = held.saga
  held.operate({ kind: 'release' }, { hold: null, tried: owed.map(({ id }) => ({ id, attempts: 0, due: held.now })) })
  return held
}

function claim(made: HandMade, id: string): HandMade {
  made.write({ tried: [{ id, attempts: 0, due: made.now + LEASE }] })
  return made
}

describe('P13 commands start in their order', () => {
  keeps('P13 two commands in their order, however late the first one ends', (made) => {
    const first = made.create().owed()
    made.send(first)
    made.move('to-b').send(made.owed(), DELIVERED)
  })
  keeps('P13 a command of another process, whose start may not have been seen', (made) => {
    const first = made.create().owed()
    made.process = 'p2'
    made.move('to-b').send(made.owed(), DELIVERED)
    made.now += LEASE
    claim(made, first.id).send(first, DELIVERED)
  })
  keeps('P13 P26 a release sends what is owed, then the command of a parked event', (made) => {
    const first = overInB(made).owed()
    claim(made, first.id).send(first)
    made.move('again')
    made.send(made.owed())
  })
  keeps('P13 P26 a parked event that is offered before what is owed is sent', (made) => {
    const first = overInB(made).owed()
    made.move('again')
    const second = made.owed()
    claim(made, first.id).send(first).send(second)
  })
  breaks('P13', {
    'a later command that starts first': (made) => {
      const first = made.create().owed()
      made.move('to-b').send(made.owed()).send(first)
    },
    'one that starts first and arrives last': (made) => {
      const first = made.create().owed()
      const second = made.move('to-b').owed()
      made.send(first).send(second)
      const [one, other] = made.observations.slice(-2) as { send: number }[]
      if (one !== undefined && other !== undefined) [one.send, other.send] = [other.send, one.send]
    },
    'a command of a parked event before one that a hold has kept': (made) => {
      overInB(made).move('again')
      made.send(made.owed())
    },
  })
})

describe('P25 a command that is owed again was owed before', () => {
  const again = (made: HandMade, id: string) => {
    const debt = { id, label: 'do-a', channel: 'bank', attempts: 0, since: made.now, due: made.now + LEASE }
    made.operate({ kind: 'resend' }, { revived: [{ ...debt, tried: true, claimed: true }] })
  }
  keeps('P25 a resend of the command of the state', (made) => void again(made.create().settle(), `${ID}/0/0`))
  breaks('P25', {
    'a resend of a command that no step has owed': (made) => void again(made.create().settle(), `${ID}/1/0`),
  })
})
