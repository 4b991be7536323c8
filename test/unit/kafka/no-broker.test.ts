import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')
/** Any file with a suite that needs the broker. */
const SUITE = 'test/kafka/rights.test.ts'
const WHY =
  'a Kafka broker needs Java 17 or newer, Maven, OpenSSL 3: apt-get install openjdk-17-jre-headless maven openssl'

const folder = mkdtempSync(join(tmpdir(), 'batuta-no-java-'))
symlinkSync(process.execPath, join(folder, 'node'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the suite on a machine with Node alone. */
function run(variables: Readonly<Record<string, string>>): { code: number | null; stdout: string; stderr: string } {
  const env = { PATH: folder, HOME: folder, NO_COLOR: '1', ...variables }
  const args = [VITEST, 'run', '--project', 'kafka', SUITE]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' })
  return { code: status, stdout, stderr }
}

test('without Java the gate fails, and names the tools to install', () => {
  const { code, stdout, stderr } = run({ CI: 'true' })
  expect(code).toBe(1)
  expect(stderr).toContain(`Error: ${WHY}\n`)
  expect(stdout).toMatch(/\n0 passed, 1 failed\n$/)
})

test('elsewhere the tests with Kafka are left out, with a line that says so', () => {
  const { stdout, stderr } = run({})
  expect(stderr).toContain(`left out: the tests with Kafka: ${WHY}\n`)
  // A run without tests fails anyway.
  expect(stdout).toMatch(/\n0 passed, 1 failed, 1 skipped\n$/)
})
