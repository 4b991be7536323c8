import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TransitionDefinition } from '../../../src/machine/definition.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

type Schema = NonNullable<TransitionDefinition['payloadValidationSchema']>

/** Tables of a reservation, each with the rules of one draft that the others lack or name otherwise. */
const SCHEMAS: Readonly<Record<string, Schema>> = {
  'draft 7': {
    definitions: {
      table: { type: 'object', required: ['seats'], properties: { seats: { type: 'integer', minimum: 1 } } },
    },
    properties: {
      tables: { type: 'array', items: { $ref: '#/definitions/table' } },
      at: { format: 'date-time' },
      code: { pattern: '^(a+)+$' },
    },
  },
  '2019-09': {
    $schema: 'https://json-schema.org/draft/2019-09/schema',
    $defs: { table: { $anchor: 'table', required: ['seats'], properties: { seats: { type: 'integer', minimum: 1 } } } },
    properties: { tables: { items: { $ref: '#table' } }, at: { format: 'date-time' }, code: { pattern: '^(a+)+$' } },
    dependentRequired: { at: ['tables'] },
    unevaluatedProperties: false,
  },
  '2020-12': {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $dynamicAnchor: 'reservation',
    $defs: { table: { required: ['seats'], properties: { seats: { type: 'integer', minimum: 1 } } } },
    allOf: [{ properties: { tables: { prefixItems: [{ $ref: '#/$defs/table' }, { $ref: '#/$defs/table' }] } } }],
    properties: { at: { format: 'date-time' }, code: { pattern: '^(a+)+$' }, next: { $dynamicRef: '#reservation' } },
    unevaluatedProperties: false,
  },
}
const DRAFTS = Object.keys(SCHEMAS)

/** The first state takes one event for each draft, and does not leave. */
function withSchemas(file: SagaFile): void {
  const checked = DRAFTS.map((draft) => ({
    inputEvent: draft,
    targetState: 'reservationConfirmed',
    payloadValidationSchema: SCHEMAS[draft],
  }))
  const states = file.machineDefinition.states.map((state) =>
    state.id === 'reservationCreated'
      ? { ...state, outgoingTransitions: [...(state.outgoingTransitions ?? []), ...checked] }
      : state,
  )
  file.machineDefinition = { ...file.machineDefinition, states }
}

/** `payloadValidationSchema` (C2.1, C4.2): on hosts that evaluate no text, too. */
export function payloads(tested: TestedRuntime): void {
  describe('payload schemas', () => {
    let stage: RunningWorker
    beforeAll(async () => {
      stage = await RunningWorker.open(tested, { edit: withSchemas })
      stage.participant.behaves(() => ({}))
    })
    afterAll(() => stage?.close())

    test.each(DRAFTS)(
      'C2.1 C4.2 C7 %s: 422 with every problem, nothing written, then the right event moves',
      async (draft) => {
        const id = await stage.create()
        const before = await stage.document(id)
        const wrong = { tables: [{ seats: 0 }, {}], at: 'tomorrow' }
        const refused = await stage.event(id, draft, { key: 'first', payload: wrong })
        expect([refused.status, refused.json]).toEqual([
          422,
          { statusCode: 422, error: 'Unprocessable Content', message: expect.any(String) },
        ])
        const problems = (refused.json as { message: string }).message.split('; ')
        expect(problems.toSorted()).toEqual([
          'payload/at: found a string of length 8, expected the format "date-time"',
          'payload/tables/0/seats: found 0, expected a number of at least 1',
          'payload/tables/1: found an object, expected the property "seats"',
        ])
        expect((await stage.document(id)).history).toEqual(before.history)
        const right = { tables: [{ seats: 4 }], at: '2026-11-30T20:00:00Z' }
        const moved = await stage.event(id, draft, { key: 'first', payload: right })
        expect(moved.json).toEqual({ outcome: 'moved', sagaId: id, currentState: 'reservationConfirmed' })
        const repeated = await stage.event(id, draft, { key: 'first', payload: wrong })
        expect(repeated.json).toMatchObject({ outcome: 'duplicate' })
      },
    )

    test.each(DRAFTS)('C4.2 C8 %s: a pattern that backtracks neither blocks nor takes long texts', async (draft) => {
      const id = await stage.create()
      const code = (text: string) => stage.event(id, draft, { payload: { code: text } })
      const begun = performance.now()
      const answers = await Promise.all([code(`${'a'.repeat(999)}!`), code('a'.repeat(1_001))])
      expect(performance.now() - begun).toBeLessThan(5_000)
      expect(answers.map(({ status, json }) => [status, (json as { message: string }).message])).toEqual([
        [422, 'payload/code: found a string of length 1000, expected a string that matches "^(a+)+$"'],
        [
          422,
          'payload/code: found a string of length 1001, expected at most 1000 characters, since the pattern "^(a+)+$" may backtrack',
        ],
      ])
      expect((await code('a'.repeat(1_000))).status).toBe(200)
    })

    test('C4.2 C8 a payload made to exhaust the check is answered, and the service goes on', async () => {
      const id = await stage.create()
      const deep = JSON.parse(`${'{"next":'.repeat(490)}{}${'}'.repeat(490)}`) as object
      const statuses = [
        (await stage.event(id, '2020-12', { payload: { next: 1, ['__proto__']: { seats: 1 }, constructor: 1 } }))
          .status,
        (await stage.event(id, '2020-12', { payload: { tables: Array.from({ length: 300_000 }, () => 'x'), ...deep } }))
          .status,
      ]
      expect(statuses).toEqual([422, 200])
      expect((await stage.call('/-/ready')).status).toBe(200)
    })
  })
}
