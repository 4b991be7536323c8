import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../../services/client.ts'
import { first } from '../../services/behaviour.ts'
import { reservation } from '../../services/reservation.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { Worker } from '../../services/worker.ts'
import { expectSameBytes } from './bytes.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const COMMAND = `
  let runs = 0
  export default ({ saga, messageLabel }) => {
    if (saga.metadata.fail) throw new Error('no price')
    const events = saga.history.events.map(({ event }) => event)
    return { payload: { key: saga.sagaId, value: { messageLabel, messagePayload: saga.metadata }, events, runs: ++runs, at: new Date(0) } }
  }`
const SIDE_EFFECT = `export default ({ saga, messageLabel }) => {
  if (saga.metadata.silent) return Promise.resolve({ payload: {} })
  return { payload: { key: saga.sagaId, value: { messageLabel, messagePayload: { note: 'größer' } } } }
}`
const MERGE = `export default (before, now, key) => {
  if (key === 'refuse') throw new Error('no such guest')
  return Array.isArray(before) ? before.concat(now) : undefined
}`

const base64 = (text: string) => Buffer.from(text).toString('base64')
const REFUSED = { statusCode: 422, error: 'Unprocessable Content', message: 'merge the payload: no such guest' }

/** Hooks of every kind: on commands, on a side effect in base64, and on the merge. */
function hooked({ machineDefinition, ...file }: SagaFile): void {
  for (const state of machineDefinition.states) {
    if (state.outputCommand === undefined) continue
    Object.assign(state.outputCommand, { hook: { type: 'file', content: COMMAND } })
    const hook = { type: 'file', encoding: 'base64', content: base64(SIDE_EFFECT) }
    Object.assign(state, { sideEffects: [{ label: 'tell', channel: file.communicationProtocols[0]?.id, hook }] })
  }
}

function edited(file: SagaFile): void {
  hooked(file)
  file.settings = { deepMergeMetadata: { enabled: true, hook: { type: 'file', content: MERGE } } }
}

/** Hooks of commands and of the merge (C2.7). */
export function hooks(tested: TestedRuntime): void {
  describe('hooks', () => {
    let stage: RunningWorker
    beforeAll(async () => void (stage = await RunningWorker.open(tested, { edit: edited })))
    afterAll(() => stage?.close())

    const sent = async (id: string, key: string, times = 1) =>
      eventually(() => {
        const received = stage.participant.received.filter((one) => one.key === key && one.sagaId === id)
        return received.length >= times ? received : undefined
      })

    test('C2.7 I7 P5 its payload is the whole body, with the history up to the step; a repeat has the same bytes', async () => {
      stage.participant.behaves(first(2, { status: 503 }, () => ({})))
      const id = await stage.create({ list: [1] })
      const [command] = await sent(id, `${id}/0/0`, 3)
      expect(JSON.parse(command?.bytes ?? '')).toEqual({
        key: id,
        value: { messageLabel: 'validateReservation', messagePayload: { list: [1] } },
        events: ['__created__'],
        runs: expect.any(Number),
        at: '1970-01-01T00:00:00.000Z',
      })
      await stage.event(id, 'validationOK', { payload: { list: [2], nested: { a: 1 } } })
      const [next] = await sent(id, `${id}/1/0`, 3)
      expect(JSON.parse(next?.bytes ?? '')).toMatchObject({
        value: { messageLabel: 'checkReservation', messagePayload: { list: [1, 2], nested: { a: 1 } } },
        events: ['__created__', 'validationOK'],
      })
      expectSameBytes(stage.participant.received)
    })

    test('C2.7 a side effect has its own hook', async () => {
      stage.participant.behaves(() => ({}))
      const id = await stage.create()
      const [effect] = await sent(id, `${id}/0/1`)
      const value = { messageLabel: 'tell', messagePayload: { note: 'größer' } }
      expect(effect?.bytes).toBe(JSON.stringify({ key: id, value }))
    })

    test('P5 a command hook that throws: the saga moves, its command is a dead letter; the side effect too is left out', async () => {
      stage.participant.behaves(() => ({}))
      const id = await stage.create()
      await sent(id, `${id}/0/0`)
      const answer = await stage.event(id, 'validationOK', { payload: { fail: true, silent: true } })
      expect(answer.json).toMatchObject({ outcome: 'moved', currentState: 'reservationValidated' })
      const { deadLetters } = await stage.document(id)
      expect(deadLetters).toMatchObject([
        {
          kind: 'command',
          id: `${id}/1/0`,
          label: 'checkReservation',
          payload: { fail: true, silent: true },
          why: 'run the command hook: no price',
        },
      ])
      // Later commands have arrived, so these were not sent.
      await stage.event(id, 'checkKO')
      expect(stage.participant.received.filter(({ key }) => key.startsWith(`${id}/1/`))).toEqual([])
      expect((await stage.call('/-/metrics')).text).toMatch(/batuta_internal_total\{what="hook-failed"\} [2-9]/)
    })

    test('P5 a merge hook that throws: 422 with its reason, nothing is written', async () => {
      stage.participant.behaves(() => ({}))
      const id = await stage.create()
      const before = await stage.document(id)
      const answer = await stage.event(id, 'validationOK', { payload: { refuse: true } })
      expect([answer.status, answer.json]).toEqual([422, REFUSED])
      expect((await stage.document(id)).history).toEqual(before.history)
    })

    test('C1.2 C2.7 hooks that cannot be used are refused at start, each with its path', async () => {
      const file = reservation(3_001, edited)
      const [created, validated] = file.machineDefinition.states
      Object.assign(created?.outputCommand?.hook ?? {}, { content: 'export default () => ({\n  payload: 1 + })' })
      Object.assign(validated?.outputCommand?.hook ?? {}, { content: 'throw new Error("too early")' })
      file.settings = { deepMergeMetadata: { enabled: true, hook: { type: 'file', content: 'export const a = 1' } } }
      const worker = await Worker.prepare({ script: tested.script, configuration: JSON.stringify(file) })
      try {
        expect((await worker.launch()).code).toBe(1)
      } finally {
        await worker.stop()
      }
      for (const said of [
        /states\[0\]\.outputCommand\.hook\.content \(1:\d+\): found a syntax error at 2:16 of the hook: Unexpected token/,
        /states\[1\]\.outputCommand\.hook\.content \(1:\d+\): found an error while it was evaluated: too early/,
        /settings\.deepMergeMetadata\.hook\.content \(1:\d+\): found no default export, expected an ES module/,
      ]) {
        expect(worker.stderr).toMatch(said)
      }
    })
  })
}
