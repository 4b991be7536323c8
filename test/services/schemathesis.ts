import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import type { OpenApi } from '../../src/documentation/open-api.ts'
import { ROOT } from '../walls/tools.ts'

const FOLDER = join(ROOT, 'test/schemathesis')
const PROGRAM = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'batuta/schemathesis-4.32.5/bin/schemathesis',
)
const MISSING = 'needs schemathesis: bash test/schemathesis/install.sh'

/** A suite that is left out in one line where schemathesis is not installed; in the gate it fails then. */
export function describeSchemathesis(name: string, suite: () => void): void {
  if (existsSync(PROGRAM)) return void describe(name, suite)
  const isGate = process.env['CI'] === 'true'
  if (!isGate) process.stderr.write(`left out: ${name}: ${MISSING}\n`)
  describe.skipIf(!isGate)(name, (it) =>
    it(MISSING, () => {
      throw new Error(MISSING)
    }),
  )
}

/** Milliseconds of a run, several times what it takes on a busy machine. A run beyond the time of its test would go on without it. */
const LONGEST = 150_000

/** The end of a run. */
export interface SchemathesisRun {
  readonly code: number | null
  readonly output: string
  /** The last part of the output: what was tested, and what was found. */
  readonly summary: string
}

/** Options of `runSchemathesis`. */
export interface SchemathesisOptions {
  readonly token: string
  readonly args: readonly string[]
  /** Changes the description that the service gives. */
  readonly described: (description: OpenApi) => object
}

/**
 * Tests the service at `url` by the description that it gives; the seed makes the same requests each time. The description is
 * handed over as a file, since schemathesis leaves out the route that it was read from.
 */
export async function runSchemathesis(
  url: string,
  { token, args, described }: SchemathesisOptions,
): Promise<SchemathesisRun> {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-schemathesis-'))
  const authorization = `Bearer ${token}`
  const answer = await fetch(`${url}/documentation/json`, { headers: { authorization } })
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(described((await answer.json()) as OpenApi)))
  const config = ['--config-file', join(FOLDER, 'schemathesis.toml'), '--no-color']
  const service = ['--url', url, '-H', `Authorization: ${authorization}`]
  const child = spawn(PROGRAM, [...config, 'run', 'openapi.json', ...service, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST,
    killSignal: 'SIGKILL',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text))
  }
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    return { code, output, summary: output.slice(output.lastIndexOf('= SUMMARY =')) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
