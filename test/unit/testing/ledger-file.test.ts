import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LedgerFile, readLedger } from '../../../testing/ledger/ledger-file.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'batuta-ledger-'))))
afterEach(() => rmSync(folder, { recursive: true }))

test('a ledger that is opened again goes on behind its last whole line', () => {
  const path = join(folder, 'ledger')
  const first = new LedgerFile<number>(path)
  first.append(1)
  first.close()
  appendFileSync(path, '{"cut by a ki')
  expect(readLedger(path)).toEqual([1])
  const second = new LedgerFile<number>(path)
  second.append(2)
  expect(readLedger(path)).toEqual([1, 2])
  expect(readFileSync(path, 'utf8')).toBe('1\n2\n')
  second.close()
})

test('a ledger whose first line was cut is empty', () => {
  const path = join(folder, 'ledger')
  appendFileSync(path, '{"cut')
  new LedgerFile(path).close()
  expect(readFileSync(path, 'utf8')).toBe('')
})

test('a ledger with a damaged line in its middle is not read', () => {
  const path = join(folder, 'ledger')
  appendFileSync(path, '1\n{"cut\n2\n')
  expect(() => readLedger(path)).toThrow(SyntaxError)
})
