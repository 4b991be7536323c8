import { describe, expect, test } from 'vitest'
import { begin } from '../../../../src/engine/decide.ts'
import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import { compile } from '../../../../src/machine/compile.ts'
import { HeadCache } from '../../../../src/orchestrator/events/head-cache.ts'
import { Ledger, mayHaveLanded } from '../../../../src/orchestrator/events/ledger.ts'
import type { CommitResult } from '../../../../src/orchestrator/events/ledger.ts'
import { parkedTooLarge, SizeLimit, whyTooLarge } from '../../../../src/orchestrator/events/size-limit.ts'
import type { DeadLetter, Debt, Metadata, ParkedEvent, Saga } from '../../../../src/engine/saga.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { fakeStore } from '../../../fakes/store.ts'

const MACHINE = compile({ initialState: 'open', states: [{ id: 'open', isFinal: false }] } as never, {
  merge: mergeFirstLevel,
  leaseOf: () => 1_000,
})

/** A ledger over a store with one saga. */
async function opened(limit?: number) {
  const [runtime, metrics, store] = [simulatedRuntime(), fakeMetrics(), fakeStore()]
  const [heads, size] = [new HeadCache(1_000_000), limit === undefined ? undefined : new SizeLimit(limit)]
  const ledger = new Ledger({ persistency: store, heads, runtime, metrics, size })
  const creation = { id: 's', eventId: 'e', entity: '', metadata: { text: 'x'.repeat(100) } }
  const step = begin(MACHINE, creation, runtime.wallClock())
  const change = ledger.change('s', { step })
  const created = await store.save(change, birth({ id: 's', metadata: creation.metadata }).next, 'absent')
  if (created.kind !== 'saved') throw new Error(created.kind)
  const before = (await store.load('s')) ?? expect.unreachable()
  return { runtime, metrics, store, ledger, before, step }
}

describe('P6 the fate of a write', () => {
  test.each<[CommitResult, boolean]>([
    [{ kind: 'saved', loaded: {} as never }, true],
    [{ kind: 'unknown', why: 'no answer' }, true],
    [{ kind: 'conflict', isDoubtful: true }, true],
    [{ kind: 'duplicate', isDoubtful: true }, true],
    [{ kind: 'conflict' }, false],
    [{ kind: 'duplicate' }, false],
    [{ kind: 'too-large', limit: 1 }, false],
  ])('P6 %o may have landed: %s', (result, expected) => {
    expect(mayHaveLanded(result)).toBe(expected)
  })

  test.each([
    [['conflict'] as const, false],
    [['before', 'conflict'] as const, true],
    [['after', 'conflict'] as const, true],
  ])('P6 after %o a conflict is doubtful: %s', async (trouble, isDoubtful) => {
    const { runtime, metrics, store, ledger, before } = await opened()
    store.trouble(...trouble)
    const committing = ledger.commit(before, ledger.change('s', { hold: { since: 1 } }), 60_000)
    await runtime.advance(10_000)
    const result = await committing
    expect(result).toEqual(isDoubtful ? { kind: 'conflict', isDoubtful } : { kind: 'conflict' })
    const saved = metrics.lines.filter((line) => line.startsWith('saved '))
    const last = `saved ${result.kind}`
    expect(saved).toEqual(trouble.length === 1 ? [last] : ['saved unknown', last])
  })

  test('P14 bookkeeping of a saga that is gone writes nothing', async () => {
    const { store, ledger } = await opened()
    const saves = store.saves.length
    expect(await ledger.amend('gone', () => ({ hold: null }), 60_000)).toBeUndefined()
    expect(await ledger.amend('s', () => undefined, 60_000)).toBeUndefined()
    expect(store.saves).toHaveLength(saves)
  })

  test('P21 heads are remembered no more once too many of them were stale', async () => {
    const { runtime, ledger, before } = await opened()
    const committing = ledger.commit(before, ledger.change('s', { hold: { since: 1 } }), 60_000)
    await runtime.advance(0)
    expect((await committing).kind).toBe('saved')
    expect(ledger.recall('s')).toBeDefined()
    for (let at = 0; at < 16; at++) ledger.learn(true)
    expect(ledger.recall('s')).toBeUndefined()
  })
})

describe('P24 what a limit refuses', () => {
  test('P24 steps alone, and of an operator those alone that add something', async () => {
    const { ledger, before, step } = await opened(50)
    const { saga } = before
    const exceeded = (part: object) => ledger.exceeded(saga, ledger.change('s', part))
    const next = { ...step, number: 1, metadata: saga.metadata }
    const tooLarge = { kind: 'too-large', limit: 50, part: 'metadata' }
    expect(exceeded({ step: next })).toEqual(tooLarge)
    expect(exceeded({ hold: { since: 1 } })).toBeUndefined()
    expect(exceeded({ step: { ...next, by: { operation: 'o' } } })).toBeUndefined()
    const metadata = { ...saga.metadata, n: 1 }
    expect(exceeded({ step: { ...next, metadata, by: { operation: 'o' } } })).toEqual(tooLarge)
  })

  const MESSAGE = { label: 'l', channel: 'c', attempts: 0, since: 1, due: 1 }
  const sagaOf = (part: object): Saga => ({ ...birth().next, metadata: {}, owed: [], deadLetters: [], ...part })
  const text = (bytes: number) => 'x'.repeat(bytes)
  const payload = (bytes: number): Metadata => ({ t: text(bytes - JSON.stringify({ t: '' }).length) })

  test.each<[string, (bytes: number) => object]>([
    ['payloads of owed commands', (bytes) => ({ owed: [{ ...MESSAGE, id: 'a', payload: payload(bytes) }] })],
    ['bodies of owed commands', (bytes) => ({ owed: [{ ...MESSAGE, id: 'a', body: text(bytes) }] })],
    ['headers of owed commands', (bytes) => ({ owed: [{ ...MESSAGE, id: 'a', headers: payload(bytes) }] })],
    [
      'parts of one command',
      (bytes) => ({
        owed: [{ ...MESSAGE, id: 'a', payload: payload(300), body: text(bytes - 600), headers: payload(300) }],
      }),
    ],
    [
      'commands together',
      (bytes) => ({
        owed: [300, bytes - 300].map((size, at): Debt => ({ ...MESSAGE, id: `${at}`, body: text(size) })),
      }),
    ],
    [
      'bodies of dead letters',
      (bytes) => ({ deadLetters: [{ ...MESSAGE, id: 'a', payload: payload(300), body: text(bytes - 300) }] }),
    ],
    [
      'payloads of dead events',
      (bytes) => ({
        deadLetters: [{ ...MESSAGE, kind: 'event', id: 'a', payload: payload(bytes) } as unknown as DeadLetter],
      }),
    ],
  ])('P24 %s: to the byte', (_, part) => {
    const limit = new SizeLimit(1_000)
    expect(limit.exceeded(undefined, sagaOf(part(1_000)))).toBeUndefined()
    expect(limit.exceeded(undefined, sagaOf(part(1_001)))).toEqual({ kind: 'too-large', limit: 1_000, part: 'owed' })
  })

  test('P24 parked events, to the byte; the message names limit and remedy', () => {
    const parked = (size: number) =>
      [{ event: { id: 'e', sagaId: 's', label: 'l', payload: { t: text(size) } } }] as unknown as ParkedEvent[]
    const frame = JSON.stringify(parked(0)).length
    expect(parkedTooLarge(parked(1_000 - frame), 1_000)).toBeUndefined()
    const tooLarge = parkedTooLarge(parked(1_001 - frame), 1_000)
    expect(tooLarge).toEqual({ kind: 'too-large', limit: 1_000, part: 'parked' })
    expect(whyTooLarge({ kind: 'too-large', limit: 1_000, part: 'parked' })).toBe(
      'the events that the saga has parked would take more than 1000 bytes (a share of MAX_SAGA_SIZE, or of the limit of the store); send the event again when they are taken, or raise the limit',
    )
  })
})
