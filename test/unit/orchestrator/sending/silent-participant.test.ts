import { describe, expect, test } from 'vitest'
import type { ChannelRetry, Sent } from '../../../../src/ports/channel.ts'
import { DELIVERED, SILENT, fakeChannel } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { passing, stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

const RETRY: ChannelRetry = { attempts: 20, firstWait: 200, longestWait: 60_000 }
const BROKEN: Sent = { kind: 'rejected', status: 500, retryable: true, answer: 'the till is jammed' }
/** More than a channel sends at once. The full size is in test/long. */
const SAGAS = Array.from({ length: 200 }, (_, n) => `s${n}`)

function open(): Stage {
  const store = fakeStore(timelessMemory({ shared: false }))
  const scene = stage({ store, channel: fakeChannel('reservations', 10_000, RETRY) })
  scene.orchestrator.start()
  return scene
}

async function sagas({ store }: Stage) {
  const loaded = await Promise.all(SAGAS.map((id) => store.load(id)))
  return loaded.flatMap((one) => (one === undefined ? [] : [one.saga]))
}

/** Ids of a saga's commands in the order in which their first sends began. */
function begunOf({ channel }: Stage): ReadonlyMap<string, readonly string[]> {
  const begun = new Map<string, string[]>()
  for (const id of new Set(channel.ids)) {
    const [saga = ''] = id.split('/')
    begun.set(saga, [...(begun.get(saga) ?? []), id])
  }
  return begun
}

describe('a participant in trouble', () => {
  test('P13 P15 switched off for two minutes: all commands arrive, none is given up, first sends keep their order', async () => {
    const scene = open()
    scene.channel.always(SILENT)
    for (const id of SAGAS) await scene.create(id)
    for (const id of SAGAS) await scene.tell('validationOK', `key/${id}`, id)
    await scene.runtime.advance(120_000)
    expect((await sagas(scene)).every(({ owed }) => owed.length === 2)).toBe(true)
    scene.channel.always(DELIVERED)
    await scene.runtime.advance(10_000)
    const all = await sagas(scene)
    expect(all).toHaveLength(SAGAS.length)
    expect(all.filter(({ owed, deadLetters }) => owed.length + deadLetters.length > 0)).toEqual([])
    const begun = begunOf(scene)
    expect(SAGAS.filter((id) => begun.get(id)?.join(' ') !== `${id}/0/0 ${id}/1/0`)).toEqual([])
    await scene.stop()
  })

  test('P15 P25 answers 500 for ever: dead letters with its words; mended and redelivered, all arrive', async () => {
    const scene = open()
    scene.channel.always(BROKEN)
    for (const id of SAGAS) await scene.create(id)
    await scene.runtime.advance(1_800_000)
    const letter = { why: 'status 500', attempts: 20, last: { status: 500, answer: 'the till is jammed' } }
    for (const { owed, deadLetters } of await sagas(scene))
      expect([owed, deadLetters]).toMatchObject([[], [{ ...letter }]])
    scene.channel.always(DELIVERED)
    const order = { operator: 'zoe', reason: 'the till is mended', dryRun: false }
    for (const id of SAGAS) {
      const operation = { ...order, id: `key/mend-${id}`, sagaId: id, action: { kind: 'redeliver' } as const }
      const operated = await passing(scene.runtime, scene.orchestrator.operate(operation))
      expect(operated.kind).toBe('done')
    }
    await scene.runtime.advance(10_000)
    const left = (await sagas(scene)).filter(({ owed, deadLetters }) => owed.length + deadLetters.length > 0)
    expect(left).toEqual([])
    expect(new Set(scene.channel.ids).size).toBe(SAGAS.length) // I7
    await scene.stop()
  })
})
