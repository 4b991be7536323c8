import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { StoreSamples, StoreOrder } from './run.ts'

const SCRIPT = fileURLToPath(new URL('run.ts', import.meta.url))
const DENO = fileURLToPath(new URL('../../node_modules/.bin/deno', import.meta.url))
/** The flags of `npm run start:deno`, and the one that enables `Deno.openKv`. */
const DENO_FLAGS = ['run', '--quiet', '--cached-only', '--node-modules-dir=manual', '--unstable-kv', '-A']

/** Measures one store in a fresh process of its runtime. */
export async function runOrder(order: StoreOrder): Promise<StoreSamples> {
  const [name, flags] = order.store === 'deno-kv' ? [DENO, DENO_FLAGS] : [process.execPath, nodeFlags()]
  const child = spawn(name, [...flags, SCRIPT, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const dies = (): boolean => child.kill('SIGKILL')
  process.once('exit', dies)
  let last = ''
  createInterface({ input: child.stdout }).on('line', (line) => (last = line))
  const [code] = (await once(child, 'close')) as [number | null]
  process.off('exit', dies)
  if (code !== 0) throw new Error(`measure the store "${order.store}": the process ended with ${String(code)}`)
  return JSON.parse(last) as StoreSamples
}

/** For a profiler. */
function nodeFlags(): readonly string[] {
  return process.env['BENCH_NODE_FLAGS']?.split(' ') ?? []
}
