import { readFileSync } from 'node:fs'
import process from 'node:process'

/** A worker as its npm script starts it, without npm and a shell. */
export interface StartCommand {
  /** Flags of Node, then the file. */
  readonly args: readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

/** Reads a script of package.json: `NAME=value exec node --flag file`. `BENCH_NODE_FLAGS` adds flags, to compare. */
export function startCommand(script: 'start' | 'start:kafka'): StartCommand {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly scripts: Readonly<Record<typeof script, string>>
  }
  const words = manifest.scripts[script].split(' ')
  const at = words.indexOf('node')
  const variables = words.slice(0, at).filter((word) => word.includes('='))
  const added = process.env['BENCH_NODE_FLAGS']?.split(' ') ?? []
  return {
    args: [...added, ...words.slice(at + 1)],
    variables: Object.fromEntries(variables.map((word) => word.split('=') as [string, string])),
  }
}
