import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { codeHash } from '../../../../scripts/simulation/code-hash.ts'
import { Progress } from '../../../../scripts/simulation/progress.ts'

const SEEDS = { from: 1, seeds: 500, store: undefined, jobs: 1, afresh: false }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batuta-progress-'))
  vi.spyOn(console, 'log').mockReturnValue()
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  vi.restoreAllMocks()
})

function open(code: string, options: Partial<typeof SEEDS> = {}): Promise<Progress> {
  return Progress.open({ ...SEEDS, ...options }, { folder, code, every: 0 })
}

async function interrupted(): Promise<void> {
  const progress = await open('a')
  await progress.done({ from: 1, runs: 250 })
}

describe('the progress of a run over seeds', () => {
  test('a run that was interrupted goes on behind the batches that are done', async () => {
    await interrupted()
    const progress = await open('a')
    expect([progress.isDone(1), progress.isDone(251)]).toEqual([true, false])
  })

  test('runs of other code prove nothing: the seeds begin anew', async () => {
    await interrupted()
    expect((await open('b')).isDone(1)).toBe(false)
    expect(console.log).toHaveBeenLastCalledWith(expect.stringContaining('the code has changed'))
  })

  test('other seeds, and a wish, begin anew', async () => {
    await interrupted()
    expect((await open('a', { seeds: 501 })).isDone(1)).toBe(false)
    expect((await open('a', { afresh: true })).isDone(1)).toBe(false)
  })

  test('a state that was being written when the process was killed is not read', async () => {
    await interrupted()
    const [name = ''] = readdirSync(folder)
    writeFileSync(join(folder, `${name}.part`), '{"code":"a","do')
    expect((await open('a')).isDone(1)).toBe(true)
  })

  test('nothing is left of a run that has ended', async () => {
    await interrupted()
    await (await open('a')).end()
    expect(readdirSync(folder)).toEqual([])
  })
})

test('the code has one hash as long as it is the same', () => {
  expect(codeHash()).toMatch(/^[0-9a-f]{16}$/)
  expect(codeHash()).toBe(codeHash())
})
