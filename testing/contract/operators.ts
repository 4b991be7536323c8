import { describe, expect, test } from 'vitest'
import type { SagaAction } from '../../src/orchestrator/operators/saga-operation.ts'
import { NOW } from './build.ts'
import { DELIVERED, OPERATOR, REASON, deskOf, openDesk } from './operator-desk.ts'
import type { Desk } from './operator-desk.ts'
import { isGuarded, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** Each action of an operator, over this store: its effect, its record, and its repeat (P25). */
export function operators(subject: StoreSubject): void {
  describe('operators', () => {
    test.each(ROWS)('P25 $title', ({ arrange, action, details, after }) =>
      withStore(subject, async (store) => {
        const desk = await openDesk(store)
        await arrange?.(desk)
        const answer = await desk.operate(action, 'key/1')
        expect({ why: undefined, ...answer }).toMatchObject({ kind: 'done', details, why: undefined })
        await desk.rest()
        const saga = await desk.head()
        expect({ hold: undefined, due: undefined, enteringStep: undefined, ...saga }).toMatchObject(after(saga.id))
        const record = { id: 'key/1', action: action.kind, operator: OPERATOR, reason: REASON }
        expect(saga.operations).toContainEqual(expect.objectContaining(record))
        const document = await store.document(saga.id)
        expect(document?.history.operations).toContainEqual(expect.objectContaining(record))
        expect(document?.history.events.filter(({ operation }) => operation === 'key/1')).toHaveLength(
          ['move', 'cancel', 'patch-metadata'].includes(action.kind) ? 1 : 0,
        )
        expect(await desk.operate(action, 'key/1')).toEqual({ kind: 'repeated', sagaId: saga.id, state: saga.state })
        expect(await desk.operate(another(action), 'key/1')).toMatchObject({ kind: 'mismatch', operation: 'key/1' })
        expect(await desk.head()).toEqual(saga)
      }),
    )

    if (!isGuarded(subject)) return
    test('P2 P25 operators and events of two processes: each wins once, and none is lost', { timeout: 60_000 }, () =>
      withStore(subject, async (store) => {
        const one = await openDesk(store)
        const other = deskOf(store, { id: one.id, seed: 2 })
        for (let round = 0; round < ROUNDS; round++) {
          const answers = await Promise.all([
            one.operate({ kind: 'move', state: 'open', command: false }, `key/m${round}`),
            other.operate({ kind: 'patch-metadata', metadata: { [`n${round}`]: round } }, `key/p${round}`),
            other.tell('asked again', `key/e${round}`),
          ])
          expect(answers.map(({ kind }) => kind)).toEqual(['done', 'done', 'moved'])
        }
        const { length, operations, metadata } = await one.head()
        expect([length, operations?.length, Object.keys(metadata).length]).toEqual([
          1 + 3 * ROUNDS,
          2 * ROUNDS,
          1 + ROUNDS,
        ])
        const holds = await Promise.all([
          one.operate({ kind: 'hold' }, 'key/h1'),
          other.operate({ kind: 'hold' }, 'key/h2'),
        ])
        expect(holds.map(({ kind }) => kind).toSorted()).toEqual(['done', 'refused'])
      }),
    )
  })
}

const ROUNDS = 5

interface Row {
  readonly title: string
  readonly arrange?: (desk: Desk) => Promise<unknown>
  readonly action: SagaAction
  readonly details: object
  readonly after: (id: string) => object
}

/** The same action with another argument, or another action where it has none. */
function another(action: SagaAction): SagaAction {
  switch (action.kind) {
    case 'redeliver':
      return { ...action, channel: 'bank' }
    case 'send-event':
      return { ...action, payload: { n: 8 } }
    case 'move':
      return { ...action, command: !action.command }
    case 'cancel':
      return { ...action, state: 'paying' }
    case 'patch-metadata':
      return { ...action, metadata: { n: 8 } }
    case 'drop-parked':
    case 'drop-dead-letter':
      return { ...action, label: 'other' }
    case 'hold':
      return { kind: 'release' }
    case 'release':
    case 'resend':
      return { kind: 'hold' }
  }
}

const LETTER = { label: 'reserve', channel: 'warehouse', payload: { n: 7 }, why: 'status 500', since: 1, attempts: 3 }
const EVENT = { label: 'reserved', payload: { shelf: 'B' } }
const busy = (desk: Desk) => desk.answers({ kind: 'rejected', status: 503, retryable: true })

const ROWS: readonly Row[] = [
  {
    title: 'hold: nothing is due any more',
    arrange: busy,
    action: { kind: 'hold' },
    details: { held: [expect.any(String)] },
    after: () => ({ hold: {}, due: undefined, owed: [{}] }),
  },
  {
    title: 'release: what is owed is sent and settled',
    arrange: async (desk) => {
      await busy(desk)
      await desk.operate({ kind: 'hold' }, 'key/0')
      await desk.answers(DELIVERED)
    },
    action: { kind: 'release' },
    details: { sent: [expect.any(String)], heldSince: expect.any(String) },
    after: () => ({ hold: undefined, owed: [] }),
  },
  {
    title: 'redeliver: a command in backoff is sent and settled',
    arrange: async (desk) => {
      await busy(desk)
      await desk.answers(DELIVERED)
    },
    action: { kind: 'redeliver' },
    details: { sent: [expect.any(String)] },
    after: () => ({ owed: [], deadLetters: [] }),
  },
  {
    title: 'redeliver: a dead command is sent, a dead event is applied',
    arrange: (desk) =>
      desk.note({
        dead: [
          { ...LETTER, id: 'old' },
          { ...EVENT, kind: 'event', id: 'e', why: 'expired', since: 1, attempts: 0 },
        ],
      }),
    action: { kind: 'redeliver' },
    details: { sent: ['old'], revived: ['old'], why: ['status 500'], offered: ['e'], taken: ['e'] },
    after: () => ({ owed: [], deadLetters: [], state: 'paying', metadata: { n: 1, shelf: 'B' } }),
  },
  {
    title: 'redeliver: a command that an operator cancelled stays a dead letter',
    arrange: (desk) =>
      desk.note({
        dead: [
          { ...LETTER, id: 'old' },
          { ...LETTER, id: 'off', why: 'cancelled' },
        ],
      }),
    action: { kind: 'redeliver' },
    details: { sent: ['old'], skipped: ['off'], skippedWhy: expect.stringContaining('"cancelled": true') },
    after: () => ({ owed: [], deadLetters: [{ id: 'off', why: 'cancelled' }] }),
  },
  {
    title: 'redeliver with cancelled: it is sent too',
    arrange: (desk) => desk.note({ dead: [{ ...LETTER, id: 'off', why: 'cancelled' }] }),
    action: { kind: 'redeliver', cancelled: true },
    details: { sent: ['off'] },
    after: () => ({ owed: [], deadLetters: [] }),
  },
  {
    title: 'resend: a delivered command is sent once more, and settled',
    action: { kind: 'resend' },
    details: { sent: [expect.stringMatching(/\/0\/0$/)] },
    after: () => ({ owed: [], deadLetters: [] }),
  },
  {
    title: 'send-event: the saga takes it as from a participant, and the command of its state is sent',
    action: { kind: 'send-event', label: 'reserved', payload: { shelf: 'B' } },
    details: { event: 'reserved', from: 'open', to: 'paying', sent: [expect.stringMatching(/\/1\/0$/)] },
    after: () => ({ state: 'paying', latestEvent: 'reserved', metadata: { n: 1, shelf: 'B' }, length: 2, owed: [] }),
  },
  {
    title: 'move: the saga is in the state, and its command is sent',
    action: { kind: 'move', state: 'paying', command: true },
    details: { from: 'open', to: 'paying', sent: [expect.stringMatching(/\/1\/0$/)] },
    after: () => ({ state: 'paying', latestEvent: '__moved__', length: 2, owed: [] }),
  },
  {
    title: 'cancel: the saga is final, and what is owed is a dead letter with its bytes',
    arrange: busy,
    action: { kind: 'cancel', state: 'done' },
    details: { from: 'open', to: 'done', cancelled: [expect.any(String)] },
    after: (id) => ({
      state: 'done',
      isFinal: true,
      owed: [],
      due: undefined,
      deadLetters: [{ id: `${id}/0/0`, why: 'cancelled', payload: { n: 1 }, last: { status: 503 } }],
    }),
  },
  {
    title: 'patch-metadata: keys are merged and removed, the state stays',
    action: { kind: 'patch-metadata', metadata: { n: null, 'a.b': { $set: 'ü' } } },
    details: { keys: ['n', 'a.b'], removed: ['n'] },
    after: () => ({ state: 'open', metadata: { 'a.b': { $set: 'ü' } }, length: 2, enteringStep: 0 }),
  },
  {
    title: 'move: the state is entered anew after a patch',
    arrange: (desk) => desk.operate({ kind: 'patch-metadata', metadata: { n: 2 } }, 'key/0'),
    action: { kind: 'move', state: 'paying', command: false },
    details: { from: 'open', to: 'paying', command: false },
    after: () => ({ state: 'paying', length: 3, enteringStep: undefined }),
  },
  {
    title: 'drop-parked: the event is gone',
    arrange: (desk) =>
      desk.note({
        parked: [{ event: { ...EVENT, id: 'key/p', sagaId: desk.id }, since: 1, expires: NOW }],
      }),
    action: { kind: 'drop-parked', event: 'key/p' },
    details: { dropped: ['key/p'] },
    after: () => ({ parked: [] }),
  },
  {
    title: 'drop-dead-letter: the letter is gone',
    arrange: (desk) => desk.note({ dead: [{ ...LETTER, id: 'old' }] }),
    action: { kind: 'drop-dead-letter', letter: 'old' },
    details: { dropped: ['old'], why: ['status 500'] },
    after: () => ({ deadLetters: [], owed: [] }),
  },
]
