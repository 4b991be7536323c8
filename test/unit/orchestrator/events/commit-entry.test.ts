import { expect, test } from 'vitest'
import { begin } from '../../../../src/engine/decide.ts'
import type { DeadLetter, SagaEvent } from '../../../../src/engine/saga.ts'
import { commitEntry } from '../../../../src/orchestrator/events/commit-entry.ts'
import { createSaga } from '../../../../src/orchestrator/events/create.ts'
import { handleEvent } from '../../../../src/orchestrator/events/handle.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import { corridorBench } from '../corridor-bench.ts'
import type { CorridorBench } from '../corridor-bench.ts'

const DEADLINE = 10_000
const REQUEST = { id: 's', entity: 'e', metadata: {} }

function event(label: string): SagaEvent {
  return { id: `key/${label}`, sagaId: 's', label, payload: { [label]: true } }
}

function handle({ parts }: CorridorBench, label: string) {
  return handleEvent(parts, { event: event(label), deadline: DEADLINE, unexpectedEvents: 'ignore' })
}

test('P30 several events of one turn are saved one by one, each on the head of the one before', async () => {
  const bench = corridorBench()
  const { parts, store, mailbox } = bench
  const turns = await mailbox.run('s', async () => [
    await createSaga(parts, REQUEST, DEADLINE),
    await handle(bench, 'paid'),
    await handle(bench, 'unknown'),
    await handle(bench, 'shipped'),
  ])
  expect(turns.map(({ answer }) => answer.kind)).toEqual(['created', 'moved', 'unexpected', 'moved'])
  expect(turns.map(({ saved }) => saved.map(({ step }) => step.number))).toEqual([[0], [1], [], [2]])
  expect(store.saves.map(({ step }) => step?.number)).toEqual([0, 1, 2])
  expect(store.loads).toBe(1) // of the unexpected event, which is answered on a fresh head (P9)
  expect(turns[3]?.saved[0]?.loaded).toEqual(await store.load('s'))
})

test('P17 P30 a request waits for the commands of every step of its turn', async () => {
  const bench = corridorBench({ isRedelivered: true })
  const { parts, redelivery, runtime, bank, shop } = bench
  const work = async () => {
    const first = await createSaga(parts, REQUEST, DEADLINE)
    const second = await handle(bench, 'paid')
    return { answer: first.answer, saved: [...first.saved, ...second.saved], rest: undefined }
  }
  const answered: string[] = []
  void redelivery.answer({ id: 's', work, deadline: DEADLINE }).then(({ kind }) => answered.push(kind))
  await runtime.advance(0)
  expect([bank.ids, shop.ids, answered]).toEqual([['s/0/0'], ['s/1/0'], []])
  bank.answer('s/0/0')
  await runtime.advance(0)
  expect([shop.open, answered]).toEqual([1, []])
  shop.answer('s/1/0')
  await runtime.advance(0)
  expect(answered).toEqual(['created'])
})

test('P17 without redelivery nobody asks for the result of a send', async () => {
  const { parts, bank } = corridorBench()
  bank.always(DELIVERED)
  const { saved } = await createSaga(parts, REQUEST, DEADLINE)
  expect(saved[0]?.sends).toEqual([])
})

test('P5 a dead letter of a step is saved with it: its command is neither owed nor sent', async () => {
  const { parts, store, bank } = corridorBench()
  const whole = begin(parts.machine, { ...REQUEST, eventId: 'e' }, 1)
  const [owed] = whole.owes
  const dead: DeadLetter[] = [
    { id: owed?.id ?? '', label: 'pay', channel: 'bank', payload: {}, why: 'the hook threw', since: 1, attempts: 0 },
  ]
  const entry = { step: { ...whole, owes: [] }, dead }
  const committed = await commitEntry(parts, { sagaId: 's', before: 'absent', entry, deadline: DEADLINE })
  expect(committed).toMatchObject({ kind: 'saved', saved: { step: entry.step } })
  expect(store.saves).toHaveLength(1)
  expect((await store.load('s'))?.saga).toMatchObject({ owed: [], deadLetters: dead })
  expect(bank.ids).toEqual([])
})

test('P1 an entry without a step is saved alike, and nothing is sent', async () => {
  const { parts, store, bank } = corridorBench()
  await createSaga(parts, REQUEST, DEADLINE)
  const before = (await store.load('s')) ?? 'absent'
  const parked = [{ event: { id: 'e', sagaId: 's', label: 'shipped', payload: {} }, since: 1, expires: 9 }]
  const committed = await commitEntry(parts, { sagaId: 's', before, entry: { parked }, deadline: DEADLINE })
  expect(committed).toMatchObject({ kind: 'saved', loaded: { saga: { parked, state: 'paying' } } })
  expect(committed).not.toHaveProperty('saved')
  expect(bank.ids).toEqual(['s/0/0'])
})
