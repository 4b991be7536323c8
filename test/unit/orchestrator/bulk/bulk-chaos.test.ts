import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { BulkOperations } from '../../../../src/orchestrator/bulk/bulk-operations.ts'
import type { ResultPlace } from '../../../../src/orchestrator/bulk/bulk-operations.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { RecordWatch } from '../../../../src/orchestrator/operators/record-watch.ts'
import type { Operated, SagaOperation } from '../../../../src/orchestrator/operators/saga-operation.ts'
import type { Persistency, RecordStore } from '../../../../src/ports/persistency.ts'
import { NOW } from '../../../../testing/contract/build.ts'
import { create } from '../../../../testing/contract/saves.ts'
import { bulkStage, HOLD } from './bulk-stage.ts'

const SAGAS = 90
const SEEDS = 15

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
function chances(seed: number): () => number {
  let state = seed * 0x9e37_79b9
  return () => {
    state = (state + 0x6d2b_79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed + 1))(
  'P25 each saga is changed once and has one result, over failures and kills (seed %i)',
  async (seed) => {
    const chance = chances(seed)
    const { runtime, store, records, metrics, written } = await bulkStage(SAGAS)
    let trouble = 0.12
    const mayFail = async <T>(work: () => Promise<T>): Promise<T> => {
      await new Promise<void>((resolve) => runtime.after(chance() * 20, resolve))
      const fate = chance()
      if (fate < trouble / 2) throw new Error('the store went away')
      const answer = await work()
      // The work is done, and its answer is lost.
      if (fate < trouble) throw new Error('the store did not answer')
      return answer
    }
    const operate = async ({ sagaId, id, dryRun }: SagaOperation): Promise<Operated> => {
      const before = written.get(sagaId) ?? []
      if (before.includes(id)) return { kind: 'repeated', sagaId, state: 'open' }
      if (dryRun !== true) written.set(sagaId, [...before, id])
      return { kind: 'done', sagaId, state: 'open', details: {} }
    }
    const start = () => {
      let isDead = false
      const alive = <T>(work: () => Promise<T>): Promise<T> =>
        isDead
          ? new Promise(() => undefined)
          : mayFail(work).then((answer) => (isDead ? new Promise(() => undefined) : answer))
      const own: RecordStore = {
        read: (...given) => alive(() => records.read(...given)),
        write: (...given) => alive(() => records.write(...given)),
        keys: (...given) => alive(() => records.keys(...given)),
        remove: (...given) => alive(() => records.remove(...given)),
      }
      const { list } = store.can
      if (list === false) throw new Error('the store cannot list')
      const persistency: Persistency = Object.assign(Object.create(store) as Persistency, {
        name: store.name,
        can: { ...store.can, list: { ...list, page: (query: never) => alive(() => list.page(query)) } },
        probe: () => alive(() => store.probe()),
      })
      const incidents = new Incidents(runtime)
      const bulk = new BulkOperations({
        persistency,
        records: own,
        operator: {
          operate: (one) =>
            alive(() => operate(one)).catch((): Operated => ({ kind: 'unavailable', why: 'no answer in time' })),
        },
        runtime,
        metrics,
        incidents,
      })
      const watch = new RecordWatch({ records: own, runtime, incidents, found: ({ keys }) => void bulk.resume(keys) })
      watch.start()
      return { bulk, kill: () => void (isDead = true) }
    }
    let processes = [start(), start()]
    for (let tries = 0; ; tries++) {
      const begun = await Promise.race([
        processes[0]?.bulk.begin({ ...HOLD, rate: 100, fingerprint: 'f' }).catch(() => undefined),
        runtime.advance(5_000).then(() => undefined),
      ])
      if (begun !== undefined) break
      if (tries > 50) expect.unreachable('the operation never began')
    }
    for (let kills = 0; kills < 4; kills++) {
      await runtime.advance(300 + chance() * 4_000)
      processes[kills % 2]?.kill()
      processes = kills % 2 === 0 ? [start(), processes[1] ?? start()] : [processes[0] ?? start(), start()]
      // Sagas are taken newest creation first: one that is created after the first page is not among them.
      if (kills === 1 && (await records.read('results/op-1/000000000')))
        await create(store, { id: 'young', at: NOW + 9_000 })
    }
    trouble = 0
    await runtime.advance(4 * DEFAULTS.bulkLease)
    const [{ bulk } = expect.unreachable()] = processes
    const reading = (async () => {
      const operation = (await bulk.read('op-1')) ?? expect.unreachable()
      const items = []
      for (let from: ResultPlace | undefined; ;) {
        const page = await bulk.results(operation, 1_000, from)
        items.push(...page.items)
        if (page.isLast) return { operation, items }
        from = page.end
      }
    })()
    await runtime.advance(5_000)
    const { operation, items } = await reading
    expect(operation.status).toBe('done')
    expect(items.map(({ sagaId }) => sagaId)).toEqual(
      Array.from({ length: SAGAS }, (_, at) => `saga-${SAGAS - 1 - at}`),
    )
    const { done, repeated, conflict } = operation.counts
    expect(done + repeated + conflict).toBe(SAGAS)
    for (const { sagaId, outcome } of items) {
      const ids = written.get(sagaId) ?? []
      if (outcome === 'conflict') expect(ids.length).toBeLessThanOrEqual(1)
      else expect(ids).toEqual(['bulk/op-1'])
    }
    expect(await records.keys('open/', 10)).toEqual([])
    for (const one of processes) one.kill()
  },
)
