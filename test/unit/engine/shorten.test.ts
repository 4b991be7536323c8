import { describe, expect, test } from 'vitest'
import { revivedDebt } from '../../../src/engine/dead-letters.ts'
import { commandOf, deadCommand, evolve } from '../../../src/engine/evolve.ts'
import { redeliverPlan } from '../../../src/engine/redeliver.ts'
import type { DeadCommand, Saga } from '../../../src/engine/saga.ts'
import { shortened } from '../../../src/engine/shorten.ts'
import type { Change } from '../../../src/engine/change.ts'
import { birth, NOW, step } from '../../../testing/contract/build.ts'

const born = birth({ id: 's', entity: 'e', metadata: { n: 0 } }).next
const WORDS = 'the till is jammed '.repeat(50)

function burial(saga: Saga, body?: string): Change {
  const [debt] = saga.owed
  if (debt === undefined) throw new TypeError('bury a command: none is owed')
  const last = { at: NOW, status: 500, answer: WORDS }
  const letter = deadCommand(saga, { ...debt, body }, { why: 'status 500', since: NOW, attempts: 4, last })
  return { sagaId: saga.id, writeId: 'w', at: NOW, dead: [letter] }
}

function cut(change: Change, times: number): Change {
  let shorter: Change | undefined = change
  for (let at = 1; at <= times && shorter !== undefined; at++) shorter = shortened(shorter, at)
  if (shorter === undefined) throw new TypeError(`shorten a change ${times} times: it cannot be shortened so often`)
  return shorter
}

function letterOf({ dead }: Change): DeadCommand {
  return dead?.[0] as DeadCommand
}

describe('P24 a change that is too large', () => {
  test('P24 first the words go, then the message; the reason says so', () => {
    const change = burial(born)
    expect(letterOf(cut(change, 1))).toMatchObject({ payload: { n: 0 }, last: { answer: WORDS.slice(0, 100) } })
    const bare = letterOf(cut(change, 2))
    expect(bare).toMatchObject({ id: 's/0/0', label: 'reserve', payload: {}, lost: 'payload', attempts: 4 })
    expect(bare.why).toBe('status 500; its message is not kept, because the store has no room for it')
    expect(bare.last).toEqual({ at: NOW, status: 500 })
    expect(shortened(cut(change, 2), 3)).toBeUndefined()
  })

  test('P24 what is for people alone goes from a settlement and from a retry', () => {
    const delivery = { id: 's/0/0', label: 'reserve', channel: 'warehouse', since: NOW, at: NOW, sends: 1 }
    const tried = [{ id: 's/0/0', attempts: 1, due: NOW, last: { at: NOW, status: 500, answer: WORDS } }]
    const change: Change = { sagaId: 's', writeId: 'w', at: NOW, settled: ['s/0/0'], deliveries: [delivery], tried }
    const shorter = cut(change, 1)
    expect(shorter.deliveries).toBeUndefined()
    expect(shorter).toMatchObject({ settled: ['s/0/0'], tried: [{ last: { answer: WORDS.slice(0, 100) } }] })
    expect(shortened(shorter, 2)).toBeUndefined()
  })

  test('P24 a settlement and a retry alone have words, each by itself', () => {
    const base = { sagaId: 's', writeId: 'w', at: NOW }
    const delivery = { id: 's/0/0', label: 'reserve', channel: 'warehouse', since: NOW, at: NOW, sends: 1 }
    const silent = { id: 's/1/0', attempts: 0, due: NOW }
    const status = { ...silent, last: { at: NOW, status: 500 } }
    const told = { ...silent, last: { at: NOW, status: 500, answer: WORDS } }
    expect(shortened({ ...base, deliveries: [delivery] }, 1)).toEqual({
      ...base,
      deliveries: undefined,
      tried: undefined,
    })
    expect(shortened({ ...base, deliveries: [delivery] }, 2)).toBeUndefined()
    expect(shortened({ ...base, tried: [silent, status] }, 1)).toBeUndefined()
    expect(shortened({ ...base, tried: [silent, status, told] }, 1)?.tried?.map(({ last }) => last)).toEqual([
      undefined,
      status.last,
      { at: NOW, status: 500, answer: WORDS.slice(0, 100) },
    ])
  })

  test('P24 each letter is cut by itself, and one that was cut is left', () => {
    const command = { ...letterOf(burial(born)), why: WORDS }
    const hooked = { ...command, id: 's/1/0', hookFailed: true as const }
    const event = { ...command, kind: 'event' as const, id: 'e' }
    const bare = { ...command, id: 's/2/0', lost: 'body' as const }
    const change: Change = { sagaId: 's', writeId: 'w', at: NOW, dead: [hooked, event, bare, command] }
    expect(shortened(change, 1)?.dead).toEqual([
      hooked,
      event,
      bare,
      { ...command, why: WORDS.slice(0, 100), last: { ...command.last, answer: WORDS.slice(0, 100) } },
    ])
    expect(shortened(change, 2)?.dead?.slice(0, 3)).toEqual([hooked, event, bare])
    expect(shortened(change, 2)?.dead?.[3]).toMatchObject({ payload: {}, lost: 'payload' })
    expect(shortened(change, 3)).toBeUndefined()
    for (const left of [hooked, event, bare]) expect(shortened({ ...change, dead: [left] }, 1)).toBeUndefined()
  })

  test('P24 a step, and the letter of a hook that has to run again, are left as they are', () => {
    const hooked = { ...letterOf(burial(born)), hookFailed: true as const }
    expect(shortened({ sagaId: 's', writeId: 'w', at: NOW, dead: [hooked] }, 1)).toBeUndefined()
    expect(shortened(step(born, 'reserved').change, 1)).toBeUndefined()
  })
})

describe('P15 a dead letter without its message', () => {
  const rules = { now: NOW, isUnderWay: () => false }

  test('I7 it is sent with the bytes of its step as long as the saga has not moved', () => {
    const dead = evolve(born, cut(burial(born), 2))
    const { revived, gone } = redeliverPlan(dead, rules)
    expect(gone).toEqual([])
    expect(revived.map((debt) => commandOf(dead, debt).payload)).toEqual([{ n: 0 }])
  })

  test('I7 it is not sent with the bytes of another step, nor without the message of its hook', () => {
    const moved = step(evolve(born, cut(burial(born), 2)), 'reserved', { payload: { n: 1 } }).next
    expect(redeliverPlan(moved, rules)).toMatchObject({ revived: [], gone: [{ id: 's/0/0' }] })
    const hooked = evolve(born, cut(burial(born, '{"to":"till"}'), 2))
    expect(redeliverPlan(hooked, rules)).toMatchObject({ revived: [], gone: [{ lost: 'body' }] })
  })

  test('P5 revived, its payload is that of the head', () => {
    expect(revivedDebt(letterOf(cut(burial(born), 2)), NOW).payload).toBeUndefined()
  })
})
