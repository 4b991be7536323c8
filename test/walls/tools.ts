import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '../..')

/** The end of a tool that ran. */
export interface Ran {
  readonly code: number | null
  readonly output: string
}

/** Runs one of the clone's own tools in `folder` and gives what it printed: both outputs on one pipe, so that their order holds. */
export async function run(folder: string, tool: string, ...args: readonly string[]): Promise<Ran> {
  const path = join(ROOT, 'node_modules/.bin', tool)
  const child = spawn('sh', ['-c', 'exec "$0" "$@" 2>&1', path, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

/** A file that a tool refuses, and the rule that it names. */
export interface Refusal {
  readonly file: string
  readonly rule: string
}

/** The refusals of oxlint. */
export async function lint(folder: string, ...paths: readonly string[]): Promise<Refusal[]> {
  const { output } = await run(folder, 'oxlint', '--format', 'unix', ...paths)
  return refusalsIn(output, /^(?<file>[^:\n]+):\d+:\d+: .*\[\w+\/(?<rule>[^\]]+)\]$/gm)
}

/** The refusals of tsc. */
export async function types(folder: string, ...projects: readonly string[]): Promise<Refusal[]> {
  const { output } = await run(folder, 'tsc', '-b', '--emitDeclarationOnly', '--pretty', 'false', ...projects)
  return refusalsIn(output, /^(?<file>[^(\n]+)\(\d+,\d+\): error (?<rule>TS\d+)/gm)
}

function refusalsIn(output: string, line: RegExp): Refusal[] {
  return [...output.matchAll(line)].map(({ groups }) => ({
    file: groups?.['file'] ?? '',
    rule: groups?.['rule'] ?? '',
  }))
}
