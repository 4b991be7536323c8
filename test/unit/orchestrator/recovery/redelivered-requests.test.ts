import { describe, expect, test } from 'vitest'
import type { EventIdentity, Saga } from '../../../../src/engine/saga.ts'
import type { Outcome } from '../../../../src/orchestrator/corridor.ts'
import type { SendResult } from '../../../../src/orchestrator/events/turn.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { passing } from '../stage.ts'
import { debtOf, EVENT, MOVED, NOW, world } from './redelivered-stage.ts'
import type { Given } from './redelivered-stage.ts'

const HISTORY = [
  { id: 'key/0', event: 'created' },
  { id: 'key/1', event: 'other' },
  { id: 'key/1', event: 'paid' },
]
const DELIVERED: SendResult = { kind: 'delivered' }
const away = (why: string) => ({ kind: 'unavailable', why, isOwing: true })
const NO_ANSWER = away('a command was sent and has no answer yet')

describe('a request is answered when its commands are delivered', () => {
  test.each<[string, SendResult | undefined, object]>([
    ['is delivered', DELIVERED, MOVED],
    ['is given up', { kind: 'given-up' }, MOVED],
    ['is refused', { kind: 'rejected', status: 503, retryable: true }, away('a command was answered with status 503')],
    [
      'is not reached',
      { kind: 'unreachable', why: 'nobody answers' },
      away('a command did not reach its participant: nobody answers'),
    ],
    ['was dropped', undefined, away('a command could not be sent now')],
  ])('P17 its command %s', async (_, result, answer) => {
    const { step, claimed } = world({ held: ['s1/2/0'], results: { 's1/2/0': result } })
    expect([await step(debtOf('s1/2/0')), claimed]).toEqual([answer, []])
  })

  test('P17 or it is unavailable at its deadline', async () => {
    const { step, runtime } = world({ held: ['s1/2/0'] })
    await runtime.advance(500)
    expect([await step(debtOf('s1/2/0')), runtime.monotonic()]).toEqual([NO_ANSWER, 1_500])
  })

  test('P17 each command counts: the first trouble is named', async () => {
    const results = { 's1/2/0': DELIVERED, 's1/2/1': undefined }
    const { step } = world({ held: ['s1/2/0', 's1/2/1'], results })
    expect(await step(debtOf('s1/2/0'), debtOf('s1/2/1'))).toEqual(away('a command could not be sent now'))
  })

  test('P17 a step without commands is answered at once', async () => {
    const { step, claimed } = world()
    expect([await step(), claimed]).toEqual([MOVED, []])
  })

  test('P13 P17 a command that was not handed over is claimed, with those before it that this process holds', async () => {
    const owed = ['s1/0/0', 's1/1/0', 's1/2/0'].map((id) => debtOf(id))
    const { step, claimed } = world({ owed, forgotten: ['s1/0/0'], results: { 's1/2/0': DELIVERED } })
    expect([await step(debtOf('s1/2/0')), claimed]).toEqual([MOVED, [['s1/0/0', 's1/2/0']]])
  })

  test('P17 one that the claim gives up is no reason to repeat', async () => {
    const { step } = world({ owed: [debtOf('s1/2/0')], givenUp: ['s1/2/0'] })
    expect(await step(debtOf('s1/2/0'))).toEqual(MOVED)
  })

  test('P10 P17 the commands of parked events that follow belong to the answer', async () => {
    const { answerTo, redelivery } = world({ held: ['s1/3/0'], results: { 's1/3/0': undefined } })
    const owes = [debtOf('s1/3/0')]
    const loaded = { saga: birth({ id: 's1' }).next, basis: 'w' }
    const saved = [{ step: { sagaId: 's1', owes }, loaded, sends: redelivery.sendsOf({ sagaId: 's1', owes } as never) }]
    const rest = async () => ({ loaded, saved, hasWritten: true }) as never
    expect(await answerTo({ answer: MOVED, rest })).toEqual(away('a command could not be sent now'))
    const lost = async () => ({ loaded: undefined, saved: [], hasWritten: false }) as never
    expect(await answerTo({ answer: MOVED, rest: lost })).toEqual(away('a parked event could not be offered now'))
  })
})

describe('a repeat sends the commands of its own step', () => {
  const owed = ['s1/0/0', 's1/1/0', 's1/2/0', 's1/2/1'].map((id) => debtOf(id))
  const results = Object.fromEntries(owed.map(({ id }) => [id, DELIVERED]))

  test.each<[string, string, EventIdentity | undefined, readonly string[]]>([
    ['an event, by its id and its label', 'duplicate', EVENT, ['s1/2/0', 's1/2/1']],
    ['a creation', 'repeated', undefined, ['s1/0/0']],
    ['an event without an id of its own: all of them', 'unexpected', undefined, owed.map(({ id }) => id)],
    [
      'a duplicate that the history does not have: all',
      'duplicate',
      { ...EVENT, label: 'x' },
      owed.map(({ id }) => id),
    ],
    ['a duplicate without an id: all', 'duplicate', undefined, owed.map(({ id }) => id)],
  ])('P12 of %s', async (_, kind, event, ids) => {
    const { claimed, answerTo } = world({ owed, results, events: HISTORY })
    expect(await answerTo({ answer: { kind } as Outcome }, event)).toEqual({ kind })
    expect(claimed).toEqual([ids])
  })

  test('P12 of a saga that is removed meanwhile it is all of them', async () => {
    const { claimed, repeat } = world({ owed, results, isRemoved: true })
    await repeat()
    expect(claimed).toEqual([owed.map(({ id }) => id)])
  })

  test('P12 a new event is no repeat', async () => {
    const { claimed, answerTo, documents } = world({ owed, events: HISTORY })
    expect(await answerTo({ answer: MOVED })).toEqual(MOVED)
    expect([claimed, documents()]).toEqual([[], 0])
  })

  test('P12 those of other steps go with it where nothing else sends them: due, or held idle by this process', async () => {
    const late = [debtOf('s1/0/0', { due: NOW }), ...owed.slice(1)]
    const { claimed, repeat } = world({ owed: late, results, forgotten: ['s1/1/0'], events: HISTORY })
    await repeat()
    expect(claimed).toEqual([['s1/0/0', 's1/1/0', 's1/2/0', 's1/2/1']])
  })

  test('P12 what is under way here is waited for, and not claimed', async () => {
    const held = ['s1/2/0', 's1/2/1']
    const { claimed, repeat } = world({ owed, held, results: { 's1/2/0': DELIVERED }, events: HISTORY })
    expect([await repeat(), claimed]).toEqual([NO_ANSWER, []])
    const other = world({ owed, held, events: HISTORY, results: { 's1/0/0': DELIVERED, 's1/1/0': DELIVERED } })
    await other.answerTo({ answer: { kind: 'unexpected' } as Outcome })
    expect(other.claimed).toEqual([['s1/0/0', 's1/1/0']])
  })

  test('P15 of a channel with one send the lease of another process is waited for, until it has ended', async () => {
    const once = (due: number) => [debtOf('s1/2/0', { channel: 'once', due })]
    const [early, late] = [
      world({ owed: once(NOW + 1), events: HISTORY }),
      world({ owed: once(NOW), results, events: HISTORY }),
    ]
    expect([await early.repeat(), early.claimed]).toEqual([NO_ANSWER, []])
    expect([await late.repeat(), late.claimed]).toEqual([{ kind: 'duplicate' }, [['s1/2/0']]])
  })

  test('P3 a delivered command is not waited for', async () => {
    const { claimed, repeat } = world({ owed, delivered: ['s1/2/0', 's1/2/1'], events: HISTORY })
    expect([await repeat(), claimed]).toEqual([{ kind: 'duplicate' }, []])
  })

  test.each<[string, Given]>([
    ['owes nothing', {}],
    ['is held', { owed, hold: { since: 0 } as Saga['hold'] }],
    ['is gone', { isGone: true }],
  ])('P17 P26 a saga that %s is answered without a read of its history', async (_, given) => {
    const { claimed, repeat, documents } = world({ ...given, events: HISTORY })
    expect([await repeat(), claimed, documents()]).toEqual([{ kind: 'duplicate' }, [], 0])
  })
})

test('P25 P17 commands that were not delivered in time are named', async () => {
  const results = { a: DELIVERED, b: undefined, c: { kind: 'given-up' } as SendResult }
  const { redelivery, runtime } = world({ delivered: ['d'], results })
  const sends = redelivery.namedSends(
    's1',
    ['a', 'b', 'c', 'd', 'e'].map((id) => debtOf(id)),
  )
  const left = await passing(runtime, redelivery.undelivered(sends, 300))
  expect([left, runtime.monotonic()]).toEqual([['b', 'c', 'e'], 300])
  expect(await passing(runtime, redelivery.undelivered(sends, 0))).toEqual(['b', 'c', 'e'])
})
