import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import { compile } from '../../../src/machine/compile.ts'
import { pathProblems } from '../../../testing/checker/path.ts'
import { CONFIRMS, FAILS, follows } from '../../services/behaviour.ts'
import { ASKED, comparable, CONFIRMED, FAILED } from './expected.ts'
import { reservation } from '../../services/reservation.ts'
import { operators } from './operators.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const MACHINE = reservation(1).machineDefinition

/** The hash of the machine, as the history names it on every runtime. */
async function machineHash(): Promise<string> {
  const read = await readConfiguration(JSON.stringify(reservation(1)), { variable: () => undefined })
  if (!read.ok) throw new Error('read the example: it is not valid')
  return compile(read.value.machine, { merge: (metadata) => metadata, leaseOf: () => 1 }).hash
}

/** Sagas from creation to end. */
export function sagas(tested: TestedRuntime): void {
  describe('sagas', () => {
    let stage: RunningWorker
    beforeAll(async () => void (stage = await RunningWorker.open(tested)))
    afterAll(() => stage?.close())
    beforeEach(() => stage.participant.behaves(follows(CONFIRMS)))

    test.each([
      ['confirmed', CONFIRMS, CONFIRMED],
      ['failed', FAILS, FAILED],
    ] as const)(
      'C4.1 C4.2 C5 a reservation is %s, its document the same on every runtime',
      async (end, way, expected) => {
        stage.participant.behaves(follows(way))
        const body = { associatedEntityId: 'reservation-1', metadata: ASKED }
        const key = `create/1${end}`
        const answer = await stage.call('/saga', { body, headers: { 'idempotency-key': key } })
        expect(answer.json).toStrictEqual({ sagaId: expect.stringMatching(/^[\da-f]{32}$/) })
        const { sagaId } = answer.json as { sagaId: string }
        const document = await stage.settled(sagaId)
        const told = JSON.parse(
          JSON.stringify(comparable(document, await machineHash())).replace(key, 'create/1'),
        ) as unknown
        expect(told).toStrictEqual(expected)
        expect(pathProblems(MACHINE, document)).toEqual([])
        const commands = await stage.commands(sagaId, 2)
        expect(commands.map(({ label, key: id }) => [label, id])).toEqual([
          ['validateReservation', `${sagaId}/0/0`],
          ['checkReservation', `${sagaId}/1/0`],
        ])
        expect(commands[0]?.payload).toEqual(ASKED)
        expect(commands[1]?.payload).toEqual({ ...ASKED, validationOK: true })
      },
    )

    test('I4 a repeated event changes nothing, at once and later', async () => {
      stage.participant.behaves(() => ({}))
      const id = await stage.create()
      const key = encodeURIComponent('once/100% ü🦄')
      const moved = await stage.event(id, 'validationOK', { key })
      expect(moved.json).toStrictEqual({ outcome: 'moved', sagaId: id, currentState: 'reservationValidated' })
      const duplicate = { outcome: 'duplicate', sagaId: id, currentState: 'reservationValidated' }
      for (const same of [key, 'once/100%25%20%C3%BC%F0%9F%A6%84', key.toLowerCase()]) {
        const again = await stage.event(id, 'validationOK', { key: same })
        expect([again.status, again.json], same).toEqual([200, duplicate])
      }
      await stage.event(id, 'checkOK')
      expect((await stage.event(id, 'validationOK', { key })).json).toMatchObject({ outcome: 'duplicate' })
      expect((await stage.settled(id)).history.events).toHaveLength(3)
      expect((await stage.commands(id)).map(({ label }) => label)).toEqual(['validateReservation', 'checkReservation'])
    })

    test('I4 twenty times the same event at once: one effect', async () => {
      stage.participant.behaves(() => ({}))
      const id = await stage.create()
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => stage.event(id, 'validationOK', { key: 'together' })),
      )
      const outcomes = answers.map(({ json }) => (json as { outcome: string }).outcome).sort()
      expect(outcomes).toEqual([...Array.from({ length: 19 }, () => 'duplicate'), 'moved'])
    })

    test('P8 a repeated creation answers the same saga; with another body it is 422', async () => {
      const key = encodeURIComponent('made once/ü')
      const ids = await Promise.all(Array.from({ length: 10 }, () => stage.create({ a: 1 }, key)))
      expect(new Set(ids).size).toBe(1)
      await stage.settled(ids[0] ?? '')
      expect(await stage.create({ a: 1 }, key)).toBe(ids[0])
      const other = {
        body: { associatedEntityId: 'reservation-1', metadata: { a: 2 } },
        headers: { 'idempotency-key': key },
      }
      const answer = await stage.call('/saga', other)
      expect(answer.status).toBe(422)
      expect(answer.json).toMatchObject({ statusCode: 422, error: 'Unprocessable Content' })
      expect((await stage.commands(ids[0] ?? '', 2)).filter(({ nth }) => nth === 1)).toHaveLength(2)
    })

    test('C4.3 an event that the state does not list is ignored', async () => {
      stage.participant.behaves(() => ({}))
      const id = await stage.create()
      const answer = await stage.event(id, 'checkOK', { payload: { a: 1 } })
      expect(answer.status).toBe(200)
      expect(answer.json).toStrictEqual({ outcome: 'unexpected', sagaId: id, currentState: 'reservationCreated' })
      const { metadata, history } = await stage.document(id)
      expect(metadata).toEqual({})
      expect(history.events).toHaveLength(1)
    })

    test('C4.4 an unknown saga is 404 on every route', async () => {
      const event = await stage.event('nobody', 'validationOK')
      const read = await stage.call('/sagas/nobody')
      for (const { status, json } of [event, read]) {
        expect([status, json]).toEqual([
          404,
          { statusCode: 404, error: 'Not Found', message: 'there is no saga "nobody"' },
        ])
      }
    })

    test('I6 C4.5 a final state absorbs', async () => {
      const id = await stage.create()
      const document = await stage.settled(id)
      for (const label of ['validationOK', 'checkKO', 'checkOK', 'other']) {
        expect((await stage.event(id, label)).json).toMatchObject({ outcome: 'unexpected' })
      }
      expect(await stage.document(id)).toEqual(document)
    })

    test('C4.6 I5 a hundred sagas at once come to their ends', async () => {
      const ids = await stage.createAtOnce(100)
      for (const id of ids) expect((await stage.settled(id)).currentState).toBe('reservationConfirmed')
    })

    test('C7 metrics count creations, transitions, events and sends', async () => {
      const { status, text } = await stage.call('/-/metrics')
      expect(status).toBe(200)
      for (const line of [
        'flow_manager_saga_states_total{state="reservationCreated",incoming_message_label="__created__"}',
        'flow_manager_saga_states_total{state="reservationConfirmed",incoming_message_label="checkOK"}',
        'batuta_events_total{outcome="duplicate"}',
        'batuta_creations_total{outcome="repeated"}',
        'batuta_sends_total{channel="reservations",kind="command",result="delivered"}',
      ]) {
        expect(Number(text.split(`${line} `)[1]?.split('\n')[0]), line).toBeGreaterThan(0)
      }
    })

    const walks = async () => {
      const made = await Promise.all(Array.from({ length: 7 }, () => stage.create()))
      const seen: string[] = []
      for (let cursor = ''; ;) {
        const answer = await stage.call(`/sagas?limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
        const page = answer.json as { items: { sagaId: string }[]; next?: string }
        seen.push(...page.items.map(({ sagaId }) => sagaId))
        if (page.next === undefined) break
        cursor = page.next
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen).toEqual(expect.arrayContaining(made))
    }

    const refuses = async () => {
      const answer = await stage.call('/sagas')
      expect(answer.status).toBe(501)
      const message = expect.stringContaining(
        `the store "${tested.persistency?.().type ?? 'durable-object'}" cannot list sagas`,
      )
      expect(answer.json).toStrictEqual({ statusCode: 501, error: 'Not Implemented', message })
    }

    if (tested.lists) test('C7 GET /sagas pages by cursor: every saga once', walks)
    else test('C7 GET /sagas is 501 with the name of a store that cannot list', refuses)

    operators(() => stage)
  })
}
