import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import type { Saga } from '../../src/engine/saga.ts'
import type { Operated, SagaAction } from '../../src/orchestrator/operators/saga-operation.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { withStore } from '../../testing/contract/subject.ts'
import type { Desk } from '../../testing/contract/operator-desk.ts'
import { SAGA_STATES } from './saga-states.ts'

/** The columns of the table. */
const ACTIONS: readonly SagaAction[] = [
  { kind: 'redeliver' },
  { kind: 'redeliver', cancelled: true },
  { kind: 'resend' },
  { kind: 'hold' },
  { kind: 'release' },
  { kind: 'move', state: 'paying', command: true },
  { kind: 'move', state: 'paying', command: false },
  { kind: 'move', state: 'nowhere', command: true },
  { kind: 'cancel', state: 'void' },
  { kind: 'cancel', state: 'open' },
  { kind: 'patch-metadata', metadata: { n: null, text: 'y'.repeat(5_000) } },
  { kind: 'patch-metadata', metadata: { text: null } },
  { kind: 'patch-metadata', metadata: {} },
  { kind: 'drop-parked', event: 'key/p' },
  { kind: 'drop-dead-letter', letter: 'old' },
]

/** One letter an action: done (200), refused (409), invalid (400), too large (413), unknown saga (404). */
const LETTERS: { readonly [kind in Operated['kind']]?: string } = {
  done: 'd',
  refused: 'r',
  invalid: 'i',
  'too-large': 't',
  'unknown-saga': 'u',
}

const EXPECTED: readonly (readonly [state: keyof typeof SAGA_STATES, outcomes: string])[] = [
  // redeliver ×2, resend, hold, release · move ×3, cancel ×2 · patch ×3 · drop ×2
  ['delivered', 'rrddr ddidi ddr rr'],
  ['in backoff', 'ddddr ddidi ddr rr'],
  ['under way', 'rrrdr ddidi ddr rr'],
  ['under the lease of another process', 'rrrdr ddidi ddr rr'],
  ['dead command', 'ddddr ddidi ddr rd'],
  ['dead event', 'ddddr ddidi ddr rr'],
  ['cancelled command', 'rdddr ddidi ddr rd'],
  ['held, owing', 'rrrrd ddidi ddr rr'],
  ['held', 'rrrrd ddidi ddr rr'],
  ['parked', 'rrddr ddidi ddr dr'],
  ['not begun', 'rrrdd ddidi ddr rr'],
  ['being created', 'rrrdr ddidi ddr rr'],
  ['final', 'rrrrr ddiri ddr rr'],
  ['final, owing', 'ddrdr ddiri ddr rr'],
  ['in an unknown state', 'rrddr ddidi ddr rr'],
  ['in an unknown state, owing', 'ddddr ddidi ddr rr'],
  ['huge', 'ddddr tdidi ttr rd'],
  ['absent', 'uuuuu uuuuu uuu uu'],
]

const folder = mkdtempSync(join(tmpdir(), 'batuta-operators-'))
afterAll(() => rmSync(folder, { recursive: true }))

const STORES: readonly (readonly [string, () => Promise<Persistency>])[] = [
  ['memory', async () => memoryPersistency({ shared: true })],
  ['sqlite', async () => openSqlite({ path: join(folder, 'saga.db'), random: Math.random })],
]

describe.each(STORES)('P25 every action on every state of a saga, over %s', (name, open) => {
  test.each(EXPECTED.filter(([state]) => name === 'memory' || !state.startsWith('under the lease')))(
    'P25 I2 %s',
    { timeout: 60_000 },
    async (state, outcomes) => {
      const found: string[] = []
      await withStore({ open }, async (store) => {
        for (const action of ACTIONS) found.push(await outcomeOf(store, await SAGA_STATES[state](store), action))
      })
      expect(found.join('')).toBe(outcomes.replaceAll(' ', ''))
    },
  )
})

/** The letter of an action, whose effects and whose dry run fit it. */
async function outcomeOf(store: Persistency, desk: Desk, action: SagaAction): Promise<string> {
  const before = await store.load(desk.id)
  const tried = await desk.operate(action, 'key/1', true)
  const real = await desk.operate(action, 'key/1')
  expect(tried.kind, `a dry run of ${action.kind}`).toBe(real.kind)
  if (real.kind === 'refused') expect(real.why).not.toBe('')
  if (real.kind !== 'unknown-saga') {
    const saga = await desk.head()
    const records = saga.operations?.filter(({ id }) => id === 'key/1') ?? []
    expect(records).toHaveLength(real.kind === 'done' ? 1 : 0)
    if (real.kind !== 'done' && before !== undefined) expect(saga).toEqual(before.saga)
    const dropped = real.kind === 'done' ? [real.details['dropped']].flat() : []
    const kept = commandsOf(before?.saga).filter((id) => !dropped.includes(id))
    expect(commandsOf(saga), `commands after ${action.kind}`).toEqual(expect.arrayContaining(kept))
  }
  return LETTERS[real.kind] ?? real.kind
}

/** Ids of the commands that a saga owes or has given up. */
function commandsOf(saga: Saga | undefined): readonly string[] {
  const letters = saga?.deadLetters.filter(({ kind }) => kind === undefined) ?? []
  return [...(saga?.owed ?? []), ...letters].map(({ id }) => id)
}
