import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LONGEST } from '../longest-first.ts'
import { ROOT } from './tools.ts'

test('every file that begins first is there, and named once', () => {
  expect(LONGEST.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  expect(new Set(LONGEST).size).toBe(LONGEST.length)
})
