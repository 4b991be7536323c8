import { execFile } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { install } from '../install.ts'
import { enginesText } from './report.ts'
import type { EngineName, EngineRates } from './report.ts'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))
const run = promisify(execFile)
/** A set of packages, and the engines that it has, as files of this folder. */
const FILES = [
  ['xstate5', ['xstate5']],
  ['xstate6', ['xstate6', 'xstate6-fsm']],
] as const

/** Measures the pure step of each engine, in fresh processes by turns. Returns the table. */
export async function benchEngines(isQuick: boolean): Promise<string> {
  const files = new Map<EngineName, string | undefined>([['batuta', undefined]])
  const absent: string[] = []
  for (const [set, names] of FILES) {
    const installed = await install(set)
    if ('reason' in installed) absent.push(`Not measured here: ${set}: npm install failed: ${installed.reason}`)
    else for (const name of names) files.set(name, copied(name, installed.folder))
  }
  const rates = new Map<EngineName, number[]>([...files.keys()].map((name) => [name, []]))
  for (let round = 0; round < (isQuick ? 1 : 5); round++) {
    const order = [...files]
    for (const [name, file] of round % 2 === 0 ? order : order.toReversed()) {
      rates.get(name)?.push(await rateOf(file, isQuick ? 700 : 2_000))
    }
  }
  return [enginesText(rates satisfies EngineRates), ...absent].join('\n')
}

/** The peer's file beside its packages, where its import is found, as a URL. */
function copied(name: EngineName, folder: string): string {
  const file = join(folder, `${name}.mjs`)
  copyFileSync(fileURLToPath(new URL(`${name}.mjs`, import.meta.url)), file)
  return pathToFileURL(file).href
}

/** Steps a second of processor time. */
async function rateOf(file: string | undefined, milliseconds: number): Promise<number> {
  const args = [CHILD, String(milliseconds), ...(file === undefined ? [] : [file])]
  const env = { ...process.env, NODE_ENV: 'production' }
  const { stdout } = await run(process.execPath, args, { env, timeout: 60_000 })
  return Number(stdout)
}
