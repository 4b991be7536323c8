import { expect, test } from 'vitest'
import { encodeHead } from '../../../../src/codec/head.ts'
import type { Persistency } from '../../../../src/ports/persistency.ts'
import type { SagaAction } from '../../../../src/orchestrator/operators/saga-operation.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { passing, stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

const LIMIT = 10_000
const RETRY = { attempts: 20, firstWait: 200, longestWait: 60_000 }
const TEXT = 'x'.repeat(6_000)

/** A memory store whose heads have a limit, as those of deno-kv and Durable Objects have. */
function limited(): Persistency {
  const inner = timelessMemory()
  return Object.assign(Object.create(inner) as Persistency, {
    load: inner.load.bind(inner),
    applied: inner.applied.bind(inner),
    document: inner.document.bind(inner),
    probe: inner.probe.bind(inner),
    close: inner.close.bind(inner),
    save: async (...[change, next, basis]: Parameters<Persistency['save']>) =>
      encodeHead(next).length > LIMIT ? { kind: 'too-large', limit: LIMIT } : inner.save(change, next, basis),
  })
}

/** Two commands were refused for good; the store has no room for the message of the second. */
async function full(): Promise<Stage> {
  const scene = stage({ store: fakeStore(limited()), channel: fakeChannel('reservations', 10_000, RETRY) })
  scene.channel.always({ kind: 'rejected', status: 404, retryable: false, answer: 'no such till' })
  await passing(scene.runtime, scene.orchestrator.create({ id: 's1', entity: 'e', metadata: { text: TEXT } }))
  await scene.settle()
  await scene.tell('validationOK')
  await scene.settle()
  return scene
}

async function saga({ store }: Stage) {
  const loaded = await store.load('s1')
  if (loaded === undefined) throw new Error('load the saga: it is not there')
  return loaded.saga
}

function operate(scene: Stage, action: SagaAction, id: string = action.kind): Promise<unknown> {
  const operation = { sagaId: 's1', id, operator: 'zoe', reason: 'mended', action }
  return passing(scene.runtime, scene.orchestrator.operate(operation))
}

test('P15 P24 a dead letter for which the store has no room is kept without its message, and is sent whole', async () => {
  const scene = await full()
  const { owed, deadLetters } = await saga(scene)
  expect(owed).toEqual([])
  expect(deadLetters).toMatchObject([
    { id: 's1/0/0', why: 'status 404', payload: { text: TEXT } },
    { id: 's1/1/0', why: expect.stringMatching(/^status 404; its message is not kept/), payload: {} },
  ])
  expect(scene.runtime.logged.filter(({ code }) => code === 'command.given-up')).toHaveLength(2)
  expect(await operate(scene, { kind: 'redeliver' })).toMatchObject({ details: { sent: ['s1/0/0', 's1/1/0'] } })
  const [first, second] = scene.channel.begun.slice(-2)
  expect([first?.id, first?.payload]).toEqual(['s1/0/0', { text: TEXT }])
  expect([second?.id, second?.payload]).toEqual(['s1/1/0', { text: TEXT, validationOK: true }])
  await scene.stop()
})

test('P15 P24 after a further step it cannot be sent, and the refusal says what can', async () => {
  const scene = await full()
  await operate(scene, { kind: 'drop-dead-letter', letter: 's1/0/0' })
  await operate(scene, { kind: 'patch-metadata', metadata: { text: 'short' } })
  const why = expect.stringContaining('were not kept: s1/1/0, expected a "resend"')
  expect(await operate(scene, { kind: 'redeliver' })).toMatchObject({ kind: 'refused', why })
  expect(await operate(scene, { kind: 'resend' })).toMatchObject({ kind: 'done', details: { sent: ['s1/1/0'] } })
  await scene.stop()
})

test('P15 P24 a command that has used up its time, and one that is cancelled, are no exception', async () => {
  const retry = { ...RETRY, giveUpAfter: 60_000 }
  const scene = stage({ store: fakeStore(limited()), channel: fakeChannel('reservations', 10_000, retry) })
  scene.orchestrator.start()
  scene.channel.always({ kind: 'unreachable', why: 'nobody answers' })
  const metadata = { text: 'x'.repeat(9_900) }
  await passing(scene.runtime, scene.orchestrator.create({ id: 's1', entity: 'e', metadata }))
  await scene.runtime.advance(62_000)
  expect(await saga(scene)).toMatchObject({ owed: [], deadLetters: [{ id: 's1/0/0', lost: 'payload' }] })
  await passing(scene.runtime, scene.orchestrator.create({ id: 's2', entity: 'e', metadata }))
  const cancel = { sagaId: 's2', id: 'c', operator: 'zoe', reason: 'over' } as const
  const action = { kind: 'cancel', state: 'reservationFailed' } as const
  expect(await passing(scene.runtime, scene.orchestrator.operate({ ...cancel, action }))).toMatchObject({
    kind: 'done',
  })
  expect((await scene.store.load('s2'))?.saga.deadLetters).toMatchObject([{ id: 's2/0/0', lost: 'payload' }])
  await scene.stop()
})
