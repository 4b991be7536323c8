import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { follows } from '../../services/behaviour.ts'
import { eventually } from '../../services/client.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const STATES = ['asked', 'packed', 'shipped', 'arrived']
/** Each state but the last sends a command named after it, and is left by the event named after the next one. */
const WAY = { asked: 'packed', packed: 'shipped', shipped: 'arrived' }

/** A straight line of states; an event before its time waits with its saga. */
export function withParking(file: SagaFile): void {
  file.settings = { unexpectedEvents: 'park' }
  file.machineDefinition = {
    initialState: 'asked',
    states: STATES.map((id, at) => ({
      id,
      isFinal: id === 'arrived',
      ...(id !== 'arrived' && { outputCommand: { label: id, channel: 'reservations' } }),
      outgoingTransitions: STATES.slice(at + 1, at + 2).map((next) => ({ inputEvent: next, targetState: next })),
    })),
  }
}

/** What waits: events before their time, sagas before their begin, and requests for the end. */
export function waits(tested: TestedRuntime): void {
  describe('waits', () => {
    let stage: RunningWorker
    beforeAll(async () => void (stage = await RunningWorker.open(tested, { edit: withParking })))
    afterAll(() => stage?.close())
    beforeEach(() => stage.participant.behaves(() => ({})))

    const labels = ({ history }: SagaDocument) => history.events.map(({ event }) => event)
    const outcome = async (id: string, label: string) => {
      const { status, json } = await stage.event(id, label, { key: label, payload: { [label]: true } })
      return [status, (json as { outcome?: string }).outcome]
    }

    /** A saga that begins later, with an event before its begin, which is later still where the machine was busy until then. */
    const parkedBeforeBegin = async (wait = 2_500): Promise<{ readonly id: string; readonly begin: number }> => {
      const begin = Date.now() + wait
      const until = new Date(begin).toISOString()
      const id = await stage.create({}, undefined, { 'not-before': until })
      const { hold } = await stage.document(id)
      const told = await outcome(id, 'packed')
      if (Date.now() >= begin && wait < 20_000) return parkedBeforeBegin(2 * wait)
      expect(hold).toMatchObject({ until })
      expect(told).toEqual([200, 'parked'])
      return { id, begin }
    }

    test('P10 an early event is parked once, survives a kill, and is taken after the move it waited for', async () => {
      const id = await stage.create()
      for (const time of ['first', 'repeated']) expect(await outcome(id, 'shipped'), time).toEqual([200, 'parked'])
      expect((await stage.document(id)).parked).toMatchObject([{ event: { label: 'shipped', id: 'key/shipped' } }])
      await stage.worker.restart()
      expect(await outcome(id, 'packed')).toEqual([200, 'moved'])
      const taken = await eventually(async () => {
        const document = await stage.document(id)
        return document.currentState === 'shipped' ? document : undefined
      })
      expect(labels(taken)).toEqual(['__created__', 'packed', 'shipped'])
      expect([taken.parked, taken.metadata]).toEqual([undefined, { packed: true, shipped: true }])
      expect(await outcome(id, 'shipped')).toEqual([200, 'duplicate'])
    })

    test('P10 P30 several in a row, in the wrong order: each moves the saga once, and each state sends its command', async () => {
      const id = await stage.create()
      for (const early of ['arrived', 'shipped']) expect(await outcome(id, early)).toEqual([200, 'parked'])
      expect(await outcome(id, 'packed')).toEqual([200, 'moved'])
      const ended = await stage.settled(id)
      expect(labels(ended)).toEqual(['__created__', 'packed', 'shipped', 'arrived'])
      expect(ended.parked).toBeUndefined()
      const sent = new Set((await stage.commands(id, 3)).map(({ key, label }) => `${key} ${label}`))
      expect(sent).toEqual(new Set(STATES.slice(0, 3).map((label, step) => `${id}/${step}/0 ${label}`)))
    })

    test('C4.1 P26 not-before: created at once, begun at its instant; an event meanwhile is parked, then taken', async () => {
      const { id, begin } = await parkedBeforeBegin()
      const [asked, packed] = await stage.commands(id, 2, begin - Date.now() + 20_000)
      expect([asked?.label, packed?.label]).toEqual(['asked', 'packed'])
      expect(asked?.at).toBeGreaterThanOrEqual(begin)
      const begun = await stage.document(id)
      expect([begun.currentState, begun.hold, begun.parked]).toEqual(['packed', undefined, undefined])
      expect(labels(begun)).toEqual(['__created__', 'packed'])
    })

    test('C7 `Prefer: wait` on a creation is answered with the saga at its end', async () => {
      stage.participant.behaves(follows(WAY, { wait: 200 }))
      const body = { associatedEntityId: 'parcel-1', metadata: {} }
      const { status, headers, json } = await stage.call('/saga', { body, headers: { prefer: 'wait=20' } })
      expect([status, headers.get('preference-applied')]).toEqual([200, 'wait=20'])
      expect(json).toMatchObject({ isFinal: true, currentState: 'arrived', metadata: { arrived: true } })
    })

    test('C7 `?wait=`: the state it is in when the time is over, else the end as soon as it comes', async () => {
      const id = await stage.create()
      const from = Date.now()
      expect((await stage.call(`/sagas/${id}?wait=1`)).json).toMatchObject({ isFinal: false, currentState: 'asked' })
      expect(Date.now() - from).toBeGreaterThanOrEqual(1_000)
      const asked = stage.call(`/sagas/${id}?wait=20`)
      for (const label of ['packed', 'shipped', 'arrived']) expect(await outcome(id, label)).toEqual([200, 'moved'])
      const { json } = await asked
      expect(json).toMatchObject({ isFinal: true, currentState: 'arrived' })
    })
  })
}
