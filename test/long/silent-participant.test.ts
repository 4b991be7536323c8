import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { CONFIRMS, follows } from '../services/behaviour.ts'
import { call, eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerScript } from '../services/worker.ts'

const [SAGAS, OUTAGE, PATIENCE] = [500, 120_000, 90_000]
/** Fewer: with objects every saga sends by itself, and a busy machine ends sends at their time-out, without words. */
const REFUSED = 100

interface Stage {
  readonly participant: Participant
  readonly worker: Worker
  readonly create: () => Promise<string>
  readonly read: (ids: readonly string[]) => Promise<readonly SagaDocument[]>
  readonly end: () => Promise<void>
}

/** A worker whose participant is not there yet. */
async function stage(script: WorkerScript, retry: object): Promise<Stage> {
  const participant = await startParticipant(follows(CONFIRMS))
  await participant.shut()
  const file = reservation(participant.port, ({ communicationProtocols: [channel] }) => {
    if (channel !== undefined) channel.configurations['retry'] = retry
  })
  const worker = await Worker.start({ script, configuration: JSON.stringify(file) })
  participant.reports(() => worker.url)
  return {
    participant,
    worker,
    create: async () => {
      const body = { associatedEntityId: 'table', metadata: {} }
      const { status, json } = await call(`${worker.url}/saga`, { body })
      expect(status).toBe(200)
      return (json as { sagaId: string }).sagaId
    },
    end: async () => void (await Promise.all([worker.stop(), participant.close()])),
    read: (ids) =>
      inTurn(ids, async (id) => {
        const { json } = await call(`${worker.url}/sagas/${id}`)
        return json as SagaDocument
      }),
  }
}

/** A few at a time. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  const left = items.entries()
  const worker = async () => {
    for (const [at, item] of left) results[at] = await work(item)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  return results
}

async function allConfirmed({ read }: Stage, ids: readonly string[]): Promise<readonly SagaDocument[]> {
  return eventually(async () => {
    await sleep(1_000)
    const documents = await read(ids)
    const isOver = (one: SagaDocument) => one.currentState === 'reservationConfirmed' && one.owed === undefined
    return documents.every(isOver) ? documents : undefined
  }, PATIENCE)
}

describe.each<WorkerScript>(['start', 'start:workerd'])('a participant in trouble, %s', (script) => {
  test('P13 P15 it is switched off for two minutes while 500 sagas wait for it: all end, without dead letters', async (own) => {
    const scene = await stage(script, {})
    own.onTestFinished(() => scene.end())
    const ids = await inTurn(Array.from({ length: SAGAS }), scene.create)
    await sleep(OUTAGE)
    const waiting = await scene.read(ids)
    expect(waiting.filter(({ owed }) => owed?.[0]?.attempts !== 0)).toEqual([])
    await scene.participant.open()
    const ended = await allConfirmed(scene, ids)
    expect(ended.filter(({ deadLetters }) => deadLetters !== undefined)).toEqual([])
    const order = new Map<string, number[]>()
    for (const { sagaId, key, nth } of scene.participant.received) {
      const steps = order.get(sagaId) ?? []
      if (nth === 1) order.set(sagaId, [...steps, Number(decodeURIComponent(key).split('/').at(-2))])
    }
    expect(
      ids.filter(
        (id) =>
          order.get(id)?.join() !==
          order
            .get(id)
            ?.toSorted((a, b) => a - b)
            .join(),
      ),
    ).toEqual([])
    expect(order.size).toBe(SAGAS)
  }, 400_000)

  test('P15 P25 it answers 500 for ever: dead letters with its words; mended and redelivered, all end', async (own) => {
    const scene = await stage(script, { attempts: 4, firstWait: 'PT0.1S', longestWait: 'PT1S' })
    own.onTestFinished(() => scene.end())
    scene.participant.behaves(() => ({ status: 500, body: 'the till is jammed' }))
    await scene.participant.open()
    const ids = await inTurn(Array.from({ length: REFUSED }), scene.create)
    const dead = await eventually(async () => {
      await sleep(1_000)
      const documents = await scene.read(ids)
      return documents.every(({ deadLetters }) => deadLetters !== undefined) ? documents : undefined
    }, PATIENCE)
    const letter = { why: 'status 500', attempts: 4, last: { status: 500, answer: 'the till is jammed' } }
    for (const { owed, deadLetters } of dead) expect([owed, deadLetters]).toMatchObject([undefined, [letter]])
    scene.participant.behaves(follows(CONFIRMS))
    await inTurn(ids, async (id) => {
      const headers = { 'x-operator': 'zoe', 'x-reason': 'mended', 'idempotency-key': `mend-${id}` }
      const { status, text } = await call(`${scene.worker.url}/sagas/${id}/redeliver`, { method: 'POST', headers })
      expect([status, text]).toEqual([200, text])
    })
    const ended = await allConfirmed(scene, ids)
    expect(ended.filter(({ deadLetters }) => deadLetters !== undefined)).toEqual([])
    expect(ended.every(({ history }) => history.operations?.[0]?.action === 'redeliver')).toBe(true)
  }, 400_000)
})
