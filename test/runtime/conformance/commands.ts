import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CONFIRMS, first, follows } from '../../services/behaviour.ts'
import { eventually } from '../../services/client.ts'
import type { Reaction } from '../../services/participant.ts'
import { expectSameBytes } from './bytes.ts'
import { handedOnHeaders, HEADERS_SET } from './headers.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

/** In a header of the channel `once`. */
const SECRET = 'a secret of ours'

/** Answers of a participant, and the words that a dead letter keeps of them. */
const ANSWERS: Readonly<Record<string, readonly [reaction: Reaction, answer: string | undefined]>> = {
  'a redirect': [{ status: 302, headers: { location: '/elsewhere' }, body: 'over there' }, 'over there'],
  'nothing has changed': [{ status: 304 }, undefined],
  'no words': [{ status: 500 }, undefined],
  'JSON that is cut': [{ status: 422, body: '{"error": "no ta' }, '{"error": "no ta'],
  'bytes that are no text': [
    { status: 500, body: Uint8Array.of(0x61, 0x00, 0xff, 0xfe, 0x1b, 0x62) },
    'a\uFFFD\uFFFD\uFFFD\uFFFDb',
  ],
  'a secret': [{ status: 403, body: `who is Bearer ${SECRET}, or ${SECRET}?` }, 'who is [redacted], or [redacted]?'],
  'a megabyte': [{ status: 500, body: 'ä'.repeat(500_000) }, 'ä'.repeat(500)],
}

/** Values of `Retry-After` that ask for no wait, and some that ask for more than there is. */
const IMPATIENT = ['0', '-7', 'soon', '7.5', '7, 9', 'Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT']
const FAR_OFF = ['999999999', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT']

/** A final state that can be entered again, whose command is sent once, whatever comes of it. */
function withOneSend({ machineDefinition, communicationProtocols }: SagaFile): void {
  const again = { inputEvent: 'asked', targetState: 'askedOnce' }
  const states = machineDefinition.states.map((state) =>
    state.id === machineDefinition.initialState
      ? { ...state, outgoingTransitions: [...(state.outgoingTransitions ?? []), again] }
      : state,
  )
  const outputCommand = { label: 'askOnce', channel: 'once' }
  const businessStateId = states[0]?.businessStateId
  const asked = { id: 'askedOnce', isFinal: true, businessStateId, outputCommand, outgoingTransitions: [again] }
  Object.assign(machineDefinition, { states: [...states, asked] })
  const [channel] = communicationProtocols
  // Clients repeat PUT by themselves, as an idempotent method, where they do not repeat POST.
  const headers = { authorization: `Bearer ${SECRET}` }
  const configurations = { ...channel?.configurations, method: 'PUT', path: '/once', headers, retry: { attempts: 1 } }
  communicationProtocols.push({ id: 'once', type: 'rest', configurations })
}

/** Delivery of commands to participants. */
export function commands(tested: TestedRuntime): void {
  describe('commands', () => {
    let stage: RunningWorker
    const edit = (file: SagaFile) => {
      HEADERS_SET.edit?.(file)
      withOneSend(file)
    }
    beforeAll(async () => void (stage = await RunningWorker.open(tested, { ...HEADERS_SET, edit })))
    afterAll(() => stage?.close())
    beforeEach(() => stage.participant.behaves(follows(CONFIRMS)))

    /** Events that were answered; the participant may read its answer after the new state is visible. */
    const heard = (id: string, atLeast: number) =>
      eventually(() => {
        const emitted = stage.participant.emitted.filter(({ command }) => command.sagaId === id)
        return emitted.length >= atLeast ? emitted : undefined
      })

    test('C3.2 C3.5 the body, the key, the content type', async () => {
      const id = await stage.create({ a: 1 })
      const [command] = await stage.commands(id)
      expect(command?.method).toBe('POST')
      expect(command?.path).toBe('/commands')
      expect(command?.headers['content-type']).toMatch(/^application\/json/)
      expect(JSON.parse(command?.bytes ?? '')).toStrictEqual({
        key: id,
        value: { messageLabel: 'validateReservation', messagePayload: { a: 1 } },
      })
    })

    test('C3.5 traceparent is passed on', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
      const body = { associatedEntityId: '', metadata: {} }
      const answer = await stage.call('/saga', { body, headers: { traceparent } })
      const [command] = await stage.commands((answer.json as { sagaId: string }).sagaId)
      expect(command?.headers['traceparent']).toBe(traceparent)
    })

    handedOnHeaders(tested, () => stage)

    test('P13 a participant may emit before it answers', async () => {
      stage.participant.behaves(follows(CONFIRMS, { emitFirst: true }))
      const id = await stage.create()
      expect((await stage.settled(id)).currentState).toBe('reservationConfirmed')
      const told = await heard(id, 2)
      expect(told.map(({ answer }) => answer.json)).toMatchObject([{ outcome: 'moved' }, { outcome: 'moved' }])
    })

    test('P13 a participant that answers late does not delay its saga', async () => {
      stage.participant.behaves(({ label }) => ({ wait: 3_000, emitFirst: true, emit: CONFIRMS[label] ?? '' }))
      const from = Date.now()
      const id = await stage.create()
      await stage.commands(id, 2)
      expect(Date.now() - from).toBeLessThan(2_500)
      await stage.settled(id)
    })

    test.each([
      ['500', { status: 500 }],
      ['429', { status: 429, headers: { 'retry-after': '1' } }],
      ['a cut connection', { cut: true }],
    ] as const)('I7 P5 after %s it comes again: same key, same bytes', async (_, reaction) => {
      stage.participant.behaves(first(2, reaction, follows(CONFIRMS)))
      const id = await stage.create({ guest: 'Zoë 🦄', nested: { b: 1, a: [1, 2] } })
      await stage.settled(id, 30_000)
      const received = await stage.commands(id, 6)
      expect(received.map(({ key }) => key).sort()).toEqual(
        [0, 1].flatMap((step) => [0, 1, 2].map(() => `${id}/${step}/0`)),
      )
      expectSameBytes(received)
    })

    test('I2 P15 after a refused connection the command arrives once the participant listens', async () => {
      await stage.participant.shut()
      const ids = await Promise.all([stage.create(), stage.create()])
      await new Promise((resolve) => setTimeout(resolve, 700))
      await stage.participant.open()
      for (const id of ids) expect((await stage.settled(id, 30_000)).currentState).toBe('reservationConfirmed')
      expectSameBytes(stage.participant.received)
    })

    test.each([
      {
        name: 'a refusal',
        reaction: { status: 409, body: 'no table' },
        end: { why: 'status 409', attempts: 1, last: { status: 409, answer: 'no table' } },
      },
      { name: 'a cut connection', reaction: { cut: true }, end: { attempts: 0 } },
    ])(
      'C2.5b C4.5 P15 with one attempt $name makes a dead letter, also of a final state that is entered again',
      async ({ reaction, end }) => {
        stage.participant.behaves(({ label }) => (label === 'askOnce' ? reaction : {}))
        const id = await stage.create({ a: 1 })
        for (const steps of [1, 2]) {
          expect((await stage.event(id, 'asked')).json).toMatchObject({ outcome: 'moved', currentState: 'askedOnce' })
          const { isFinal, deadLetters } = await eventually(async () => {
            const document = await stage.document(id)
            return document.deadLetters?.length === steps ? document : undefined
          })
          expect([isFinal, deadLetters?.at(-1)]).toMatchObject([
            true,
            { id: `${id}/${steps}/0`, label: 'askOnce', ...end },
          ])
        }
        expect((await stage.commands(id)).filter(({ path }) => path === '/once')).toHaveLength(2)
      },
    )

    test('P15 `Retry-After` is obeyed; the outbox shows the answer, then the delivery', async () => {
      const later = () => new Date(Date.now() + 2_000).toUTCString()
      stage.participant.behaves(({ nth }) =>
        nth > 1 ? {} : { status: 503, headers: { 'retry-after': later() }, body: 'in a moment' },
      )
      const id = await stage.create()
      const waiting = await eventually(async () => {
        const { owed: [debt] = [] } = await stage.document(id)
        return debt?.last === undefined ? undefined : debt
      })
      expect(waiting).toMatchObject({ sends: 1, attempts: 1, last: { status: 503, answer: 'in a moment' } })
      const delivered = await eventually(async () => (await stage.document(id)).delivered)
      expect(delivered).toMatchObject([{ id: `${id}/0/0`, label: 'validateReservation', sends: 2 }])
      const [first, second] = await stage.commands(id, 2)
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_000) // an HTTP date has no milliseconds
    })

    test('P15 an answer that a repeat cannot change gives the command up, with the words of the participant', async () => {
      stage.participant.behaves(() => ({ status: 404, body: `no such table ${'x'.repeat(2_000)}` }))
      const id = await stage.create()
      const { deadLetters, owed } = await eventually(async () => {
        const document = await stage.document(id)
        return document.deadLetters === undefined ? undefined : document
      })
      expect([owed, deadLetters]).toMatchObject([undefined, [{ why: 'status 404', attempts: 1 }]])
      expect(deadLetters?.[0]?.last).toMatchObject({ status: 404, answer: `no such table ${'x'.repeat(986)}` })
    })

    test('P15 C2.6 a dead letter shows what the participant said, whatever it is, without secrets', async () => {
      stage.participant.behaves(({ label, payload }) =>
        label === 'askOnce' ? (ANSWERS[String(payload['case'])]?.[0] ?? {}) : {},
      )
      const ends = Object.entries(ANSWERS).map(async ([name, [{ status }, answer]]) => {
        const id = await stage.create({ case: name })
        await stage.event(id, 'asked')
        const [letter] = await eventually(async () => (await stage.document(id)).deadLetters)
        const last = { at: expect.any(String), status, ...(answer !== undefined && { answer }) }
        expect([name, letter?.why, letter?.last]).toEqual([name, `status ${status}`, last])
      })
      await Promise.all(ends)
    })

    test('P15 `Retry-After` of any other form asks for no wait, and the longest wait is bounded', async () => {
      stage.participant.behaves(({ nth, payload }) =>
        nth > 1 ? {} : { status: 503, headers: { 'retry-after': String(payload['after']) } },
      )
      const soon = IMPATIENT.map(async (after) => stage.commands(await stage.create({ after }), 2))
      const late = FAR_OFF.map(async (after) => {
        const id = await stage.create({ after })
        const next = await eventually(async () => (await stage.document(id)).owed?.[0]?.nextTry)
        const wait = Date.parse(next) - Date.now()
        expect([after, wait > 9.5 * 60_000, wait < 11 * 60_000]).toEqual([after, true, true])
      })
      await Promise.all([...soon, ...late])
    })

    test('I4 after a lost answer the participant receives the command and emits the event again: one effect', async () => {
      stage.participant.behaves(({ label, nth }) => ({ cut: nth === 1, emit: CONFIRMS[label] ?? '' }))
      const id = await stage.create()
      const document = await stage.settled(id, 30_000)
      expect(document.history.events).toHaveLength(3)
      const told = await heard(id, 3)
      const outcomes = told.map(({ answer }) => (answer.json as { outcome: string }).outcome)
      expect(outcomes.filter((outcome) => outcome === 'moved')).toHaveLength(2)
      expect(outcomes.filter((outcome) => outcome === 'duplicate').length).toBeGreaterThan(0)
    })

    test.each([301, 302, 303, 307, 308])('P15 a redirect with %d is not followed', async (status) => {
      const location = `http://127.0.0.1:${stage.participant.port}/elsewhere`
      stage.participant.behaves(() => ({ status, headers: { location } }))
      const id = await stage.create()
      await stage.commands(id)
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect((await stage.commands(id)).every(({ path, method }) => path === '/commands' && method === 'POST')).toBe(
        true,
      )
      expect((await stage.document(id)).currentState).toBe('reservationCreated')
    })

    test('C3.2 any 2xx is a success, whatever its body', async () => {
      for (const status of [200, 201, 204, 299]) {
        stage.participant.behaves(follows(CONFIRMS, { status }))
        const id = await stage.create()
        await stage.settled(id)
        expect(await stage.commands(id)).toHaveLength(2)
      }
    })

    test('C4.6 a participant that never answers does not delay other sagas', async () => {
      stage.participant.behaves((command) =>
        command.payload['stuck'] === true ? { wait: 5_000 } : follows(CONFIRMS)(command),
      )
      await Promise.all(Array.from({ length: 20 }, () => stage.create({ stuck: true })))
      const from = Date.now()
      await stage.settled(await stage.create(), 5_000)
      expect(Date.now() - from).toBeLessThan(5_000)
    })
  })
}
