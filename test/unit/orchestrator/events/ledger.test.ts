import { expect, test } from 'vitest'
import { begin } from '../../../../src/engine/decide.ts'
import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import { compile } from '../../../../src/machine/compile.ts'
import { HeadCache } from '../../../../src/orchestrator/events/head-cache.ts'
import { Ledger } from '../../../../src/orchestrator/events/ledger.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'

/** The ledger after the creation of a saga in this state. */
async function created(state: { readonly isFinal: boolean; readonly outputCommand?: object }) {
  const [runtime, metrics, heads] = [simulatedRuntime(), fakeMetrics(), new HeadCache(1_000_000)]
  const ledger = new Ledger({ persistency: timelessMemory(), heads, runtime, metrics })
  const definition = { initialState: 'first', states: [{ id: 'first', ...state }] }
  const machine = compile(definition as never, { merge: mergeFirstLevel, leaseOf: () => 1_000 })
  const step = begin(machine, { id: 's', eventId: 'e', entity: '', metadata: {} }, runtime.wallClock())
  await ledger.commit('absent', ledger.change('s', { step }), Number.POSITIVE_INFINITY)
  return { ledger, heads }
}

test('P9 the head of a saga that is not final is remembered', async () => {
  const { ledger } = await created({ isFinal: false })
  expect(ledger.recall('s')?.saga.state).toBe('first')
})

test('P9 a final saga is remembered while it owes a command, and leaves the cache with its settlement', async () => {
  const { ledger, heads } = await created({ isFinal: true, outputCommand: { label: 'tell', channel: 'desk' } })
  expect(ledger.recall('s')?.saga.owed).toHaveLength(1)
  const settle = () => ({ settled: ['s/0/0'] })
  await ledger.amend('s', settle, Number.POSITIVE_INFINITY)
  expect(ledger.recall('s')).toBeUndefined()
  expect(heads.bytes).toBe(0)
})

test('P9 a final saga that owes nothing is not remembered: nothing moves it', async () => {
  const { ledger, heads } = await created({ isFinal: true })
  expect(ledger.recall('s')).toBeUndefined()
  expect(heads.bytes).toBe(0)
})
