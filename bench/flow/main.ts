import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { quantile } from '../../testing/load/figures.ts'
import { startWorker } from '../../testing/load/worker-process.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'
import { residentNow, watchResident } from '../memory/resident.ts'
import { startCommand } from '../memory/start-command.ts'
import { flood } from './flood.ts'
import type { FloodFigures } from './flood.ts'
import { recovery } from './recovery.ts'

/** Trials of flow control on Node with SQLite: `overload`, `hang` and `recovery`. Returns the exit code. */
export async function benchFlow(root: string, isQuick: boolean, only: readonly string[]): Promise<number> {
  const trials = { overload, hang, recovery }
  for (const [name, trial] of Object.entries(trials)) {
    if (only.length > 0 && !only.includes(name)) continue
    const folder = join(root, name)
    mkdirSync(folder, { recursive: true })
    await trial(folder, isQuick)
  }
  return 0
}

/** Ten times the load that can be carried: memory, refusals, and the time until all is as before. */
async function overload(folder: string, isQuick: boolean): Promise<void> {
  const participant = await Participant.open()
  const worker = await start(folder, [{ id: 'desk', port: participant.port }])
  try {
    const lanes = { url: worker.url, atOnce: 32, seconds: isQuick ? 2 : 5 }
    await flood(lanes)
    const carried = await flood(lanes)
    const calm = await flood({ ...lanes, atOnce: 4, seconds: 2 })
    const capacity = carried.rates.get(200) ?? 0
    say(`overload: 32 lanes carry ${capacity.toFixed(0)} creations/s; at rest ${memory(worker)} MiB`)
    const watched = watchResident(worker.pid)
    const figures = await flood({ url: worker.url, rate: 10 * capacity, atOnce: 2_000, seconds: isQuick ? 8 : 20 })
    const ended = performance.now()
    say(`  ten times that: ${shown(figures)}; at most ${watched().most.toFixed(0)} MiB`)
    for (let at = 0; at < 5; at++) {
      const after = await flood({ ...lanes, atOnce: 4, seconds: 1 })
      const seconds = ((performance.now() - ended) / 1_000).toFixed(0)
      say(`  ${seconds} s later, 4 lanes: p99 ${p99(after)} ms (before ${p99(calm)}), refused ${after.refused.length}`)
    }
    say(`  afterwards ${memory(worker)} MiB`)
  } finally {
    await worker.stop()
    participant.close()
  }
}

/** One participant that never answers: the creations of the others. */
async function hang(folder: string, isQuick: boolean): Promise<void> {
  const participant = await Participant.open()
  const seconds = isQuick ? 5 : 25
  for (const path of ['/', '/hang']) {
    const place = join(folder, path === '/' ? 'well' : 'hanging')
    mkdirSync(place, { recursive: true })
    // Each saga sends to both: the second channel is that of a side effect.
    const worker = await start(place, [
      { id: 'desk', port: participant.port },
      { id: 'other', port: participant.port, path },
    ])
    try {
      const before = (await participant.seen('reset')).count
      const figures = await flood({ url: worker.url, atOnce: 8, seconds })
      await pause(1_000)
      const { count } = await participant.seen('reset')
      say(
        `hang: the other participant ${path === '/' ? 'answers' : 'hangs'}: ${shown(figures)}; ${count} commands came (${before})`,
      )
    } finally {
      await worker.stop()
    }
  }
  participant.close()
}

interface Received {
  readonly count: number
  readonly first: number
  readonly last: number
}

class Participant {
  readonly #child: ChildProcess
  readonly port: number

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async open(port = 0): Promise<Participant> {
    const child = fork(new URL('participant.ts', import.meta.url), [String(port)])
    const [listening] = (await once(child, 'message')) as [number]
    return new Participant(child, listening)
  }

  async seen(order: 'seen' | 'reset' = 'seen'): Promise<Received> {
    this.#child.send(order)
    const [seen] = (await once(this.#child, 'message')) as [Received]
    return seen
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}

interface Desk {
  readonly id: string
  readonly port: number
  readonly path?: string
}

function start(folder: string, desks: readonly Desk[]): Promise<WorkerProcess> {
  const [first, second] = desks
  const asked = {
    id: 'asked',
    isFinal: false,
    outputCommand: { label: 'answer', channel: first?.id },
    sideEffects: second === undefined ? [] : [{ label: 'tell', channel: second.id }],
    outgoingTransitions: [{ inputEvent: 'answered', targetState: 'done' }],
  }
  const channels = desks.map(({ id, port, path = '/' }) => {
    const configurations = { protocol: 'http', endpoint: '127.0.0.1', port, method: 'POST', path, retry: {} }
    return { id, type: 'rest', configurations }
  })
  const file = {
    machineDefinition: { initialState: 'asked', states: [asked, { id: 'done', isFinal: true }] },
    communicationProtocols: channels,
    persistencyManagement: { type: 'sqlite', configurations: {} },
  }
  const configuration = join(folder, 'saga.json')
  writeFileSync(configuration, JSON.stringify(file))
  const { args, variables } = startCommand('start')
  return startWorker({
    command: [process.execPath, ...args],
    variables: { ...variables, CONFIGURATIONS_FILE_PATH: configuration, DATA_PATH: folder },
    log: join(folder, 'service.log'),
  })
}

function shown({ offered, rates, accepted, refused, bare }: FloodFigures): string {
  const list = [...rates].map(([status, rate]) => `${status}: ${rate.toFixed(0)}/s`).join(', ')
  const waits = (times: readonly number[]) =>
    times.length === 0 ? 'none' : `p50 ${quantile(times, 0.5).toFixed(0)}, p99 ${quantile(times, 0.99).toFixed(0)} ms`
  return `${offered.toFixed(0)} offered/s, ${list}; accepted ${waits(accepted)}; refused ${waits(refused)}, ${bare} without Retry-After`
}

function p99({ accepted }: FloodFigures): string {
  return accepted.length === 0 ? '–' : quantile(accepted, 0.99).toFixed(0)
}

function memory({ pid }: WorkerProcess): string {
  return residentNow(pid).toFixed(0)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
