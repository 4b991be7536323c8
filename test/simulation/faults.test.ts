import { describe, expect, test } from 'vitest'
import { SIMULATED_FAULTS } from '../../testing/simulation/world/simulated-faults.ts'
import { STORE_KINDS } from '../../testing/simulation/world/stores/store-kinds.ts'
import { PATIENCE, runOf } from './judged.ts'

const RUNS = 2_000

describe('the faults of the simulation', () => {
  test(
    'in 2,000 seeds every kind happens, on every kind of store, with every kind of action',
    { timeout: PATIENCE },
    async () => {
      const [faults, stores, actions] = [new Map<string, number>(), new Set<string>(), new Set<string>()]
      for (let seed = 1; seed <= RUNS; seed++) {
        const { happened, plan, observations } = await runOf({ seed })
        stores.add(plan.store)
        for (const { what } of happened) faults.set(what, (faults.get(what) ?? 0) + 1)
        for (const one of observations)
          if (one.kind === 'asked' && one.by.door === 'operator') actions.add(one.by.operation.action.kind)
      }
      expect(SIMULATED_FAULTS.filter((kind) => (faults.get(kind) ?? 0) === 0)).toEqual([])
      expect([...stores].toSorted()).toEqual([...STORE_KINDS].toSorted())
      expect([...actions].toSorted()).toEqual(ACTIONS)
      expect(faults.get('deploy of the second version')).toBeGreaterThan(100)
    },
  )

  test(
    'bulk operations have every answer and outcome, and removed sagas live again',
    { timeout: PATIENCE },
    async () => {
      const counts = new Map<string, number>()
      const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
      for (let seed = 1; seed <= RUNS; seed++) {
        const { observations, operations } = await runOf({ seed })
        const asked = new Set<number>()
        const removed = new Set<string>()
        for (const one of observations) {
          if (one.kind === 'asked' && one.by.door.startsWith('bulk')) asked.add(one.request)
          if (one.kind === 'answered' && asked.has(one.request)) count(one.answer.kind)
          if (one.kind === 'removed') removed.add(one.sagaId)
          if (one.kind === 'written' && one.before === undefined && removed.has(one.change.sagaId))
            count('another life')
        }
        for (const { items } of operations?.values() ?? []) for (const { outcome } of items) count(`item ${outcome}`)
      }
      for (const name of EXPECTED) expect(counts.get(name), name).toBeGreaterThan(0)
      expect(counts.get('item done')).toBeGreaterThan(100)
      expect(counts.get('another life')).toBeGreaterThan(10)
    },
  )

  test('in a calm run no fault happens', { timeout: PATIENCE }, async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { happened, observations, timeOf } = await runOf({ seed })
      const calm = observations.find(({ kind }) => kind === 'calm')
      const late = happened.filter(({ time }) => calm !== undefined && time > timeOf(calm.at))
      expect(late.map(({ what }) => what)).toEqual([])
    }
  })
})

const EXPECTED = [
  'begun',
  'repeated',
  'cancelled',
  'ended',
  'unavailable',
  'item repeated',
  'item refused',
  'item conflict',
]

const ACTIONS = [
  'cancel',
  'drop-dead-letter',
  'drop-parked',
  'hold',
  'move',
  'patch-metadata',
  'redeliver',
  'release',
  'resend',
  'send-event',
]
