import { describe, expect, test } from 'vitest'
import type { Debt } from '../../../../src/engine/saga.ts'
import type { CommitResult } from '../../../../src/orchestrator/events/ledger.ts'
import { debtOf, NOW, world } from './claim-stage.ts'
import type { Given } from './claim-stage.ts'

const LEASE = 15_000
const tried = (id: string, due = NOW + LEASE) => ({ id, attempts: 0, due })
const shop = (id: string, more: Partial<Debt> = {}) => debtOf(id, { channel: 'shop', ...more })

describe('a claim', () => {
  test('P14 it leases what is due, in one write with settlements, and then sends it', async () => {
    const owed = [debtOf('s1/0/0'), debtOf('s1/1/0'), debtOf('s1/2/0', { due: NOW + 1 })]
    const { claim, entries, sent, settledNow, revived, runtime } = world({ owed, settled: ['s1/0/0'] })
    expect(await claim()).toEqual({ kind: 'written', passed: [], givenUp: undefined })
    expect(entries).toEqual([{ tried: [tried('s1/1/0')], settled: ['s1/0/0'] }])
    expect([sent, settledNow, revived]).toEqual([['s1/1/0'], [['s1/0/0']], [undefined]])
    expect(runtime.logged).toEqual([])
  })

  test.each<[string, Given]>([
    ['nothing is due', { owed: [debtOf('s1/0/0', { due: NOW + 1 })] }],
    ['it is held', { hold: { since: 0 } as Given['hold'] }],
    ['it owes nothing', { owed: [] }],
  ])('P14 P26 it writes nothing where %s', async (_, given) => {
    const { claim, entries, passed } = world(given)
    expect([await claim(), entries, passed()]).toEqual([{ kind: 'left', passed: [] }, [], []])
  })

  test('P3 settlements alone are written', async () => {
    const { claim, entries, sent, passed } = world({ settled: ['s1/0/0'] })
    expect([await claim(), passed()]).toEqual([{ kind: 'written', passed: [], givenUp: undefined }, undefined])
    expect([entries, sent]).toEqual([[{ tried: [], settled: ['s1/0/0'] }], []])
  })

  test('P12 a command of the caller goes before its lease ends, unless it is under way here', async () => {
    const owed = ['s1/0/0', 's1/1/0'].map((id) => debtOf(id, { due: NOW + 5_000 }))
    const { claim, sent } = world({ owed, held: ['s1/1/0'] })
    await claim(() => true)
    expect(sent).toEqual(['s1/0/0'])
  })

  test('P16 a command without capacity is left as it is, and its lane is named', async () => {
    const { claim, passed, entries } = world({ full: ['bank'] })
    expect([passed(), await claim(), entries]).toEqual([['bank'], { kind: 'left', passed: ['bank'] }, []])
  })

  test('P16 a page is looked through without taking capacity; a claim takes it', async () => {
    const { claim, passed, taken } = world()
    expect([passed(), taken]).toEqual([undefined, []])
    await claim()
    expect(taken).toEqual(['bank'])
  })

  test('I5 one without capacity that hides another is put off with a lease of this process, as long as it has waited', async () => {
    const owed = [debtOf('s1/0/0'), shop('s1/1/0', { due: NOW + 5_000 })]
    const { claim, passed, entries, sent, leases } = world({ owed, full: ['bank'] })
    expect([passed(), await claim()]).toEqual([undefined, { kind: 'written', passed: [], givenUp: undefined }])
    expect([entries, sent]).toEqual([[{ tried: [tried('s1/0/0', NOW + 30_000)] }], []])
    expect(leases.oldest('bank', 9)).toMatchObject([{ id: 's1/0/0', due: NOW + 30_000 }])
    expect(leases.ready()).toEqual(['bank'])
  })

  test('P16 a command that its queue will not take has the longer lease too; one that is under way takes no capacity', async () => {
    const { claim, entries, taken } = world({ owed: [shop('s1/0/0'), debtOf('s1/1/0')], held: ['s1/1/0'] })
    await claim()
    expect([entries, taken]).toEqual([[{ tried: [tried('s1/0/0', NOW + 30_000), tried('s1/1/0')] }], ['shop']])
  })

  test.each<[string, Exclude<CommitResult, { kind: 'saved' }>, number]>([
    ['is lost to another process', { kind: 'conflict' } as never, 0],
    ['may have landed', { kind: 'unknown', why: 'the line broke' }, 1],
  ])('P14 P6 a write that %s sends nothing, and its capacity is given back', async (_, commit, revivals) => {
    const owed = [debtOf('s1/0/0'), debtOf('s1/1/0')]
    const { claim, sent, givenBack, revived, settledNow } = world({ owed, held: ['s1/1/0'], commit })
    expect(await claim()).toEqual({ kind: 'failed', passed: [] })
    expect([sent, givenBack, revived.length, settledNow]).toEqual([[], ['bank'], revivals, []])
  })
})

describe('a claim beside an entry', () => {
  const again = debtOf('s1/9/0')

  test('P18 it is written in any case, and what it puts back is sent', async () => {
    const { claims, loaded, entries, sent, revived, capacity } = world({ owed: [debtOf('s1/0/0')] })
    const entry = { revived: [again] }
    expect(await claims.claimBeside(loaded, entry, { capacity })).toMatchObject({ kind: 'written' })
    expect(entries).toEqual([{ ...entry, tried: [tried('s1/0/0')] }])
    expect([sent, revived]).toEqual([['s1/0/0', 's1/9/0'], [[again]]])
    const bare = world({ owed: [] })
    expect(await bare.claims.claimBeside(bare.loaded, { timer: null }, {})).toMatchObject({ kind: 'written' })
    expect(bare.entries).toEqual([{ timer: null, tried: [] }])
  })
})

describe('commands that are too old', () => {
  const retry = { giveUpAfter: 20_000 }

  test('P15 they become dead letters without a further send, each with its line', async () => {
    const owed = [debtOf('s1/0/0', { last: { at: 0, status: 503 } }), debtOf('s1/1/0', { since: NOW })]
    const { claim, passed, entries, sent, metrics, runtime } = world({ owed, retry })
    expect([passed(), await claim()]).toEqual([undefined, { kind: 'written', passed: [], givenUp: ['s1/0/0'] }])
    const why = 'not delivered within 20 s: status 503'
    expect(entries).toMatchObject([{ tried: [tried('s1/1/0')], dead: [{ id: 's1/0/0', why }] }])
    expect([sent, metrics.times('count command-given-up')]).toEqual([['s1/1/0'], 1])
    expect(runtime.logged).toMatchObject([{ code: 'command.given-up', fields: { saga: 's1', command: 's1/0/0', why } }])
  })

  test.each<[string, Given]>([
    ['under way here', { held: ['s1/0/0'] }],
    ['delivered', { settled: ['s1/0/0'] }],
    ['under the lease of another process', { owed: [debtOf('s1/0/0', { due: NOW + 5_000 })] }],
    ['of a held saga', { hold: { since: 0 } as Given['hold'] }],
  ])('P15 P26 one that is %s is not given up', async (_, given) => {
    const { claim, entries } = world({ ...given, retry })
    await claim()
    expect(entries.flatMap(({ dead = [] }) => dead)).toEqual([])
  })

  test('P15 where the write fails none is counted', async () => {
    const { claim, metrics } = world({ retry, commit: { kind: 'unknown', why: 'x' } })
    await claim()
    expect(metrics.times('count command-given-up')).toBe(0)
  })
})
