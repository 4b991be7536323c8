import { mkdirSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { missing } from '../../testing/broker/broker.ts'
import { writeExample } from '../../testing/load/example.ts'
import { processorSeconds } from '../../testing/load/figures.ts'
import { startWorker } from '../../testing/load/worker-process.ts'
import { table } from '../columns.ts'
import { openHttpLoad } from './http-load.ts'
import type { MemoryLoad } from './http-load.ts'
import { openKafkaLoad } from './kafka-load.ts'
import type { Pace } from './pace.ts'
import { startCommand } from './start-command.ts'
import { residentNow, watchResident } from './resident.ts'
import type { ResidentMemory } from './resident.ts'

/** Milliseconds from the first answer until the memory at rest is read. */
const REST = 5_000
const FULL: Pace = { rate: 200, seconds: 60 }
const QUICK: Pace = { rate: 200, seconds: 15 }

/** A worker whose memory is measured. */
interface MemorySubject {
  readonly script: 'start' | 'start:kafka'
  readonly configuration: string
  readonly folder: string
  readonly load: MemoryLoad
}

interface MemoryFigures {
  readonly idle: number
  readonly loaded: ResidentMemory
  /** Milliseconds of processor time for a saga, of all threads. */
  readonly cpu: number
}

/** Measures the resident memory of workers with a SQLite file, at rest and under a load. Returns the exit code. */
export async function benchMemory(root: string, isQuick: boolean, only: readonly string[]): Promise<number> {
  const isWanted = (part: string) => only.length === 0 || only.includes(part)
  const pace = isQuick ? QUICK : FULL
  const cpu = cpus()
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  say(
    `Node ${process.version} on ${platform()} ${release()} ${arch()}, ${cpu.length} × ${cpu[0]?.model}, ${memory} GiB`,
  )
  say(
    `Resident memory in MiB of the worker with a SQLite file; load: ${pace.rate} sagas a second for ${pace.seconds} s\n`,
  )
  const rows = [['worker', 'flags', 'at rest', 'load, median', 'load, most', 'CPU ms a saga']]
  if (isWanted('http')) rows.push(['npm start', ...(await measureHttp(root, pace))])
  const absent = isWanted('kafka') ? missing() : 'it was not asked for'
  if (absent === undefined) rows.push(['npm run start:kafka', ...(await measureKafka(root, pace))])
  say(table(rows, 0))
  if (absent !== undefined) say(`\nThe Kafka worker was not measured: ${absent}`)
  return 0
}

async function measureHttp(root: string, pace: Pace): Promise<readonly string[]> {
  const load = await openHttpLoad()
  const folder = join(root, 'http')
  const { path } = writeExample({ folder, participantPort: load.port })
  return cellsOf({ script: 'start', configuration: path, folder, load }, pace)
}

async function measureKafka(root: string, pace: Pace): Promise<readonly string[]> {
  const load = await openKafkaLoad()
  const folder = join(root, 'kafka')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'saga.json')
  writeFileSync(path, JSON.stringify(load.configuration))
  return cellsOf({ script: 'start:kafka', configuration: path, folder, load }, pace)
}

async function cellsOf(subject: MemorySubject, pace: Pace): Promise<readonly string[]> {
  const { idle, loaded, cpu } = await measure(subject, pace)
  const flags = startCommand(subject.script).args.slice(0, -1).join(' ') || 'none'
  return [flags, idle.toFixed(0), loaded.median.toFixed(0), loaded.most.toFixed(0), cpu.toFixed(2)]
}

async function measure({ script, configuration, folder, load }: MemorySubject, pace: Pace): Promise<MemoryFigures> {
  const { args, variables } = startCommand(script)
  const worker = await startWorker({
    command: [process.execPath, ...args],
    variables: { ...variables, CONFIGURATIONS_FILE_PATH: configuration, DATA_PATH: folder },
    log: join(folder, 'service.log'),
  })
  try {
    await pause(REST)
    const idle = residentNow(worker.pid)
    const before = processorSeconds(worker.pid)
    const watched = watchResident(worker.pid)
    await load.run(worker.url, pace)
    const cpu = ((processorSeconds(worker.pid) - before) * 1_000) / (pace.rate * pace.seconds)
    return { idle, loaded: watched(), cpu }
  } finally {
    await worker.stop()
    await load.close()
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
