import { describe, expect, test } from 'vitest'
import { ProcessRecords } from '../../../../src/orchestrator/operators/process-records.ts'

async function keysOf(records: ProcessRecords, prefix = ''): Promise<readonly string[]> {
  return records.keys(prefix, 1_000)
}

async function write(records: ProcessRecords, sizes: Readonly<Record<string, number>>): Promise<void> {
  for (const [key, size] of Object.entries(sizes)) {
    const version = (await records.read(key))?.version ?? 'absent'
    expect(await records.write(key, 'x'.repeat(size), version)).toBeDefined()
  }
}

describe('records of a process', () => {
  test('P25 keys come in their order, as many as were asked for, after the one that was named', async () => {
    const records = new ProcessRecords()
    await write(records, { 'b/2': 1, 'a/1': 1, 'b/10': 1, 'b/3': 1, 'B/1': 1 })
    expect(await keysOf(records)).toEqual(['B/1', 'a/1', 'b/10', 'b/2', 'b/3'])
    expect(await records.keys('b/', 2)).toEqual(['b/10', 'b/2'])
    expect(await records.keys('b/', 2, 'b/2')).toEqual(['b/3'])
  })

  test('P25 the oldest results go beyond the bound, down to three quarters of it; other records stay', async () => {
    const records = new ProcessRecords(100)
    await write(records, { 'open/x': 1_000, 'results/a': 20, 'results/b': 20, 'results/c': 60 })
    expect(await keysOf(records, 'results/')).toEqual(['results/a', 'results/b', 'results/c'])
    await write(records, { 'results/d': 1 })
    expect(await keysOf(records)).toEqual(['open/x', 'results/c', 'results/d'])
    const other = new ProcessRecords(100)
    await write(other, { 'results/a': 26, 'results/b': 25, 'results/c': 50 })
    expect(await keysOf(other)).toEqual(['results/b', 'results/c'])
    await write(records, { 'results/c': 30, 'results/e': 69 })
    expect(await keysOf(records, 'results/')).toEqual(['results/c', 'results/d', 'results/e'])
  })

  test('P25 the newest result stays, whatever its size, and removed ones take no room', async () => {
    const records = new ProcessRecords(100)
    await write(records, { 'results/a': 50, 'results/b': 200 })
    expect(await keysOf(records)).toEqual(['results/b'])
    await records.remove('results/b')
    await write(records, { 'results/c': 50, 'results/d': 50 })
    expect(await keysOf(records)).toEqual(['results/c', 'results/d'])
    expect(await records.read('results/b')).toBeUndefined()
  })
})
