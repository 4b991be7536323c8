import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { familyNow, familyOf, processRow, residentOf } from '../../../bench/process-family.ts'
import { syncCalls } from '../../../bench/peers/sync-calls.ts'

const row = (pid: number, parent: number) => ({ pid, parent, own: 1, ended: 0 })
const SIZES = { anonymous: 10, file: 5, shared: 100 }

describe('a family of processes', () => {
  test('a row of /proc, with a name that holds spaces and parentheses', () => {
    const stat = '42 (a (b) c) S 7 42 42 0 -1 4194560 9 8 7 6 150 50 300 20 20 0 11 0'
    expect(processRow(stat)).toEqual({ pid: 42, parent: 7, own: 2, ended: 3.2 })
  })

  test('children of children, and no stranger', () => {
    const rows = [row(9, 3), row(3, 2), row(2, 1), row(4, 1), row(5, 4)]
    expect(familyOf(rows, [2]).map(({ pid }) => pid)).toEqual([2, 3, 9])
    expect(familyOf(rows, [2, 3]).map(({ pid }) => pid)).toEqual([3, 2, 9])
  })

  test.skipIf(process.platform !== 'linux')('a child of this process is in it', async () => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] })
    await once(child, 'spawn')
    try {
      expect(familyNow([process.pid]).map(({ pid }) => pid)).toContain(child.pid)
    } finally {
      child.kill()
    }
  })

  test('what processes share counts once for each executable', () => {
    const postgres = { executable: '/bin/postgres', ...SIZES }
    const node = { executable: '/bin/node', anonymous: 50, file: 40, shared: 0 }
    expect(residentOf([postgres, postgres, { ...postgres, file: 7 }, node])).toBe(30 + 107 + 90)
  })
})

test('the syncs of a table of strace', () => {
  const table = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 99.93    0.061440          47      1304           fdatasync
  0.07    0.000043          21         2         1 fsync
  0.00    0.000000           0         7           sync_file_range
------ ----------- ----------- --------- --------- ----------------
100.00    0.061483          47      1313         1 total`
  expect(syncCalls(table)).toBe(1_306)
  expect(syncCalls('')).toBe(0)
})
