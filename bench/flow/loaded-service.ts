import { mkdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { AnsweringParticipant } from '../../test/services/overload/answering-participant.ts'
import { median, processorSeconds } from '../../testing/load/figures.ts'
import { flood } from '../../testing/load/flood.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'
import { start } from './stage.ts'

/** Connections of the load: enough that the service, not the disk, is what is full. */
const SOCKETS = 512

/** Figures of a service that carries as many sagas as it can. */
export interface LoadFigures {
  /** Sagas that ended in a second. */
  readonly rate: number
  /** Microseconds of the service's processor time of each. */
  readonly cpu: number
}

/** A service on Node with SQLite, and its participant. */
export class LoadedService {
  readonly url: string
  readonly pid: number
  readonly #worker: WorkerProcess
  readonly #participant: AnsweringParticipant

  private constructor(worker: WorkerProcess, participant: AnsweringParticipant) {
    this.url = worker.url
    this.pid = worker.pid
    this.#worker = worker
    this.#participant = participant
  }

  /** Starts both; the data are in this folder, which is made. */
  static async start(folder: string): Promise<LoadedService> {
    mkdirSync(folder, { recursive: true })
    const participant = await AnsweringParticipant.open()
    const worker = await start(folder, [{ id: 'desk', port: participant.port }])
    await participant.answers(worker.url)
    return new LoadedService(worker, participant)
  }

  /** Creates sagas for some seconds, and waits for the end of each. */
  async measure(seconds: number): Promise<LoadFigures> {
    const { url, pid } = this
    const [{ answered }, cpu, from] = [await this.#participant.seen(), processorSeconds(pid), performance.now()]
    await flood({ url, sockets: SOCKETS, seconds })
    const rate = ((await this.#participant.seen()).answered - answered) / ((performance.now() - from) / 1_000)
    await this.#settled()
    const ended = (await this.#participant.seen()).answered - answered
    return { rate, cpu: ((processorSeconds(pid) - cpu) * 1e6) / ended }
  }

  async stop(): Promise<void> {
    await this.#worker.stop()
    this.#participant.close()
  }

  /** Resolves when each command that came was answered. */
  async #settled(): Promise<void> {
    for (let at = 0; at < 600; at++) {
      const { count, answered } = await this.#participant.seen()
      if (answered >= count) return
      await pause(50)
    }
  }
}

/** Measures each service once a round, in an order that is turned over in every round; the medians. */
export async function inTurns<Name extends string>(
  services: Readonly<Record<Name, Pick<LoadedService, 'measure'>>>,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Readonly<Record<Name, LoadFigures>>> {
  const names = Object.keys(services) as Name[]
  const figures = Object.fromEntries(names.map((name) => [name, [] as LoadFigures[]])) as Record<Name, LoadFigures[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed())
      figures[name].push(await services[name].measure(seconds))
  }
  return Object.fromEntries(names.map((name) => [name, medians(figures[name])])) as Record<Name, LoadFigures>
}

function medians(figures: readonly LoadFigures[]): LoadFigures {
  return { rate: median(figures.map(({ rate }) => rate)), cpu: median(figures.map(({ cpu }) => cpu)) }
}

export function shownLoad({ rate, cpu }: LoadFigures): string {
  return `${rate.toFixed(0)} sagas/s end, ${cpu.toFixed(0)} µs of CPU each`
}

/** The cost of something, as a part of the figures without it. */
export function shownCost(some: LoadFigures, none: LoadFigures): string {
  const percent = (part: number) => `${(100 * (part - 1)).toFixed(1)} %`
  return `a saga costs ${percent(some.cpu / none.cpu)} more processor time, sagas/s ${percent(some.rate / none.rate)}`
}
