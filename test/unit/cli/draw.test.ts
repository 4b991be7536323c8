import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@stricli/core'
import { afterAll, describe, expect, test } from 'vitest'
import { batuta } from '../../../cli/application.ts'
import { findBrowser } from '../../../cli/commands/draw/browser.ts'
import { changesOf } from '../../../cli/commands/draw/watch-file.ts'
import { ROOT } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-drawn-'))
afterAll(() => rmSync(folder, { recursive: true }))

const SAGA = join(ROOT, 'examples/reservation/saga.json')
const CHROME_PATH = join(folder, 'no-browser')

/** Runs the command in this process. */
async function draw(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const ended = { code: 0, stdout: '', stderr: '' }
  const stdout = { write: (text: string) => void (ended.stdout += text) }
  const stderr = { write: (text: string) => void (ended.stderr += text) }
  const process = { stdout, stderr, env: { CHROME_PATH } }
  await run(batuta, ['draw', ...args], { process, end: (code) => void (ended.code = code) })
  return ended
}

describe('batuta draw', () => {
  test('prints SVG', async () => {
    const { code, stdout, stderr } = await draw(SAGA)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^<svg [\S\s]*data-state="reservationCreated"[\S\s]*<\/svg>\n$/)
  })

  test('the name of the file decides the format', async () => {
    const [page, diagram] = [join(folder, 'machine.html'), join(folder, 'machine.mmd')]
    expect((await draw(SAGA, '-o', page, '--flow', 'down', '--theme', 'dark')).code).toBe(0)
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>[\S\s]*data-flow="down" data-theme="dark"/)
    expect(await draw(SAGA, '--output', diagram)).toMatchObject({ code: 0, stdout: '', stderr: `drawn: ${diagram}\n` })
    expect(readFileSync(diagram, 'utf8')).toMatch(/^stateDiagram-v2\n/)
  })

  test('says what is wrong with a file, a command line and a browser', async () => {
    const bad = join(folder, 'bad.json')
    writeFileSync(bad, '{ "machineDefinition": {} }')
    const [invalid, absent, noFile, unwatched, noBrowser] = await Promise.all([
      draw(bad),
      draw(join(folder, 'absent.json')),
      draw(SAGA, '--format', 'png'),
      draw(SAGA, '--watch'),
      draw(SAGA, '-o', join(folder, 'machine.png')),
    ])
    expect([invalid.code, invalid.stderr]).toEqual([1, expect.stringMatching(/^machineDefinition \(1:24\): found/)])
    expect([absent.code, absent.stderr]).toEqual([2, expect.stringMatching(/^read ".*absent\.json": ENOENT/)])
    expect([noFile.code, noFile.stderr]).toEqual([2, expect.stringContaining('expected a file to write')])
    expect([unwatched.code, unwatched.stderr]).toEqual([2, expect.stringContaining('--watch without --output')])
    expect([noBrowser.code, noBrowser.stderr]).toEqual([2, expect.stringMatching(/no-browser: spawn .* ENOENT/)])
  })
})

test('a browser is the one of CHROME_PATH, else one on PATH', () => {
  const path = join(folder, 'chromium')
  writeFileSync(path, '', { mode: 0o755 })
  expect(findBrowser({ CHROME_PATH: '/own', PATH: folder })).toBe('/own')
  expect(findBrowser({ PATH: folder })).toBe(path)
})

test('a change of the file is noticed', async () => {
  const path = join(folder, 'watched.json')
  writeFileSync(path, 'one')
  const changes = changesOf(path)
  const first = changes.next()
  await new Promise((done) => setImmediate(done))
  const again = setInterval(() => writeFileSync(path, 'two'), 20) // the watch may begin after the first write
  expect(await first).toEqual({ value: undefined, done: false })
  clearInterval(again)
  await changes.return()
})
