import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'

type Bench = (root: string, isQuick: boolean, only: readonly string[]) => Promise<number>

/** The parts by their names on the command line of `npm run bench`. Each returns the exit code. */
const PARTS: Readonly<Record<string, () => Promise<Bench>>> = {
  console: async () => (await import('./console/main.ts')).benchConsole,
  cost: async () => (await import('./cost/main.ts')).benchCost,
  drawing: async () => (await import('./drawing.ts')).benchDrawing,
  flow: async () => (await import('./flow/main.ts')).benchFlow,
  http: async () => (await import('./http.ts')).benchHttp,
  kafka: async () => (await import('./kafka/main.ts')).benchKafka,
  memory: async () => (await import('./memory/main.ts')).benchMemory,
  peers: async () => (await import('./peers/main.ts')).benchPeers,
  profile: async () => (await import('./profile/main.ts')).benchProfile,
  scale: async () => (await import('./scale/main.ts')).benchScale,
  stores: async () => (await import('./stores/main.ts')).benchStores,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
})
const [name = 'http', ...only] = positionals
const open = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
if (open === undefined) {
  process.stderr.write(`bench: there is no part "${name}"; expected one of ${Object.keys(PARTS).join(', ')}\n`)
  process.exitCode = 1
} else {
  const bench = await open()
  const parent = join(process.cwd(), 'data')
  mkdirSync(parent, { recursive: true })
  const root = mkdtempSync(join(parent, 'bench-')) // on the disk where the store would be
  try {
    process.exitCode = await bench(root, values.quick, only)
  } finally {
    rmSync(root, { recursive: true })
  }
}
