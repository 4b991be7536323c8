import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { startWorker } from '../../testing/load/worker-process.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'
import { MACHINE } from './load.ts'
import type { Pipe } from './pipe.ts'

export const SUBJECTS = ['memory', 'sqlite', 'bare', 'single'] as const
export type PipeName = (typeof SUBJECTS)[number]

const SCRIPTS = { memory: 'ours.ts', sqlite: 'ours.ts', bare: 'bare.ts', single: 'single.ts' } as const

/** The flags for throughput (docs/KAFKA.md), for every subject. */
const NODE_FLAGS = ['--max-semi-space-size=32', '--heap-growing-percent=80']

/** Starts a subject in a process of its own. */
export function startSubject(subject: PipeName, pipe: Pipe): Promise<WorkerProcess> {
  const { folder } = pipe
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'saga.json')
  writeFileSync(path, JSON.stringify(configurationOf(subject, pipe)))
  const flags = process.env['BENCH_NODE_FLAGS']?.split(' ') ?? [] // for a profiler
  const script = fileURLToPath(new URL(SCRIPTS[subject], import.meta.url))
  return startWorker({
    command: [process.execPath, ...NODE_FLAGS, ...flags, script, JSON.stringify(pipe)],
    variables: { CONFIGURATIONS_FILE_PATH: path, DATA_PATH: folder },
    log: join(folder, 'subject.log'),
  })
}

function configurationOf(store: PipeName, { broker, events, commands, group }: Pipe): object {
  const configurations = {
    brokers: [broker],
    inputTopics: [events],
    outputTopics: [commands],
    consumerGroup: group,
  }
  return {
    machineDefinition: MACHINE,
    communicationProtocols: [{ id: 'kafka', type: 'kafka', configurations }],
    persistencyManagement: { type: store, configurations: {} },
  }
}
