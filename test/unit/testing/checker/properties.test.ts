import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import { checkRun } from '../../../../testing/checker/check-run.ts'
import type { ObservedRun, Written } from '../../../../testing/checker/observation.ts'
import { SAGA, scenarios } from '../../../../testing/generators.ts'
import type { Scenario } from '../../../../testing/generators.ts'
import { travel } from '../../engine/travel.ts'

describe('any machine, any events', () => {
  test('I3 I4 I6 I8 P3 P4 P5 what engine and store make of them keeps every rule', () =>
    fc.assert(
      fc.asyncProperty(scenarios(), async (scenario) => void expect(checkRun(await runOf(scenario))).toEqual([])),
    ))

  test('I8 P3 P4 no field of a head changes unseen', () =>
    fc.assert(
      fc.asyncProperty(scenarios(), fc.nat(), fc.constantFrom(...FIELDS), async (scenario, place, field) => {
        const run = await runOf(scenario)
        const at = place % run.observations.length
        const observations = run.observations.map((one) => (one.at === at ? falsified(one as Written, field) : one))
        expect(checkRun({ ...run, observations })).not.toEqual([])
      }),
    ))
})

const FIELDS: readonly (keyof Saga)[] = [
  ...(['id', 'entity', 'state', 'latestEvent', 'isFinal', 'business', 'length', 'metadata', 'owed'] as const),
  ...(['deadLetters', 'parked', 'timer', 'delivered', 'hold', 'operations', 'due', 'fingerprint'] as const),
  ...(['createdAt', 'updatedAt', 'enteredAt', 'enteringStep'] as const),
]

/** A value that no run has. */
const STRANGE: Readonly<Partial<Record<keyof Saga, unknown>>> = {
  owed: [{ id: 'x', label: 'x', channel: 'x', attempts: 0, since: 0, due: Number.MAX_SAFE_INTEGER }],
  deadLetters: [{ id: 'x', label: 'x', channel: 'x', payload: {}, why: 'x', since: 0, attempts: 0 }],
  parked: [{ event: { id: 'x', sagaId: SAGA, label: 'x', payload: {} }, since: 0, expires: Number.MAX_SAFE_INTEGER }],
  timer: { step: 0, deadline: Number.MAX_SAFE_INTEGER, resends: 0 },
  delivered: [{ id: 'x', label: 'x', channel: 'x', since: 0, at: 0, sends: 1 }],
  hold: { since: -1 },
  operations: [{ id: 'x', action: 'hold', at: 0, operator: 'x', reason: 'x' }],
  business: { id: 'strange' },
  metadata: { strange: 'strange' },
}

function falsified(write: Written, field: keyof Saga): Written {
  const value = STRANGE[field] ?? (field === 'isFinal' ? !write.after.isFinal : `strange ${field}`)
  return { ...write, after: { ...write.after, [field]: value } }
}

/** The writes of one saga that engine and store alone lead through a scenario. */
async function runOf(scenario: Scenario): Promise<ObservedRun> {
  const { changes, heads, machine, document, saga } = await travel(scenario, mergeFirstLevel)
  const observations = changes.map((change, at): Written => {
    const after = heads[at] as Saga
    return { kind: 'written', at, clock: change.at, process: 'p1', change, before: heads[at - 1], after }
  })
  const machines = new Map([[machine.hash, scenario.definition]])
  return { observations, machines, sagas: new Map([[SAGA, { head: saga, document }]]) }
}
