import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AnsweringParticipant } from '../../test/services/overload/answering-participant.ts'
import { median, processorSeconds } from '../../testing/load/figures.ts'
import { flood } from '../../testing/load/flood.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'
import { StepFeed } from '../../src/orchestrator/events/step-feed.ts'
import { residentNow } from '../memory/resident.ts'
import { sagaOf, stepOf } from '../scale/sagas.ts'
import { say, start } from './stage.ts'

/** Connections of the load: enough that the service, not the disk, is what is full. */
const SOCKETS = 512
/** Clients that watch all sagas. */
const VIEWERS = 50
/** Milliseconds after which memory is read: the collector of garbage has run. */
const REST = 5_000

/**
 * What watchers cost the service: sagas a second as fast as it carries them and processor time of each, of a service that was never
 * watched and of one with 50 viewers of all sagas, in turns; the time that a step takes of a feed without listeners; and the memory of
 * thousands of streams on which nothing happens. A service that was watched keeps events for clients that come back, so that it is no
 * measure of one without viewers.
 */
export async function watch(folder: string, isQuick: boolean): Promise<void> {
  const seconds = isQuick ? 2 : 8
  const services = { none: await Watched.start(join(folder, 'none')), some: await Watched.start(join(folder, 'some')) }
  const viewers = fork(new URL('viewers.ts', import.meta.url))
  try {
    const { pid, url } = services.some
    const port = Number(new URL(url).port)
    const open = (path: string, count: number) => ask(viewers, { port, path, count })
    for (const service of Object.values(services)) await service.measure(seconds) // code is compiled
    const figures: Record<'none' | 'some', Figures[]> = { none: [], some: [] }
    const before = await open('/watch', VIEWERS)
    for (let round = 0; round < (isQuick ? 4 : 8); round++) {
      // The order is turned over in every round.
      const kinds = round % 2 === 0 ? (['none', 'some'] as const) : (['some', 'none'] as const)
      for (const kind of kinds) figures[kind].push(await services[kind].measure(seconds))
    }
    const megabytes = ((await ask(viewers, 'seen')) - before) / 2 ** 20
    const [none, some] = [medians(figures.none), medians(figures.some)]
    say(`watch: without viewers ${shown(none)}`)
    say(`  with ${VIEWERS} viewers ${shown(some)}; they read ${megabytes.toFixed(0)} MiB`)
    const percent = (part: number) => `${(100 * (part - 1)).toFixed(1)} %`
    say(
      `  a saga costs ${percent(some.cpu / none.cpu)} more processor time (target 10 %); sagas/s ${percent(some.rate / none.rate)}`,
    )
    say(`  a step that no client watches costs ${unwatchedStep().toFixed(0)} ns of the feed`)
    await idle({ open, pid, url }, isQuick)
  } finally {
    viewers.kill('SIGKILL')
    for (const service of Object.values(services)) await service.stop()
  }
}

/** Nanoseconds. */
function unwatchedStep(): number {
  const feed = new StepFeed({ write: () => undefined })
  const [saga, many] = [sagaOf(1, 'few'), 10_000_000]
  const step = stepOf(saga)
  const begun = performance.now()
  for (let at = 0; at < many; at++) feed.publish(step, saga)
  return ((performance.now() - begun) * 1e6) / many
}

/** A service under load, and its participant. */
class Watched {
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

  static async start(folder: string): Promise<Watched> {
    mkdirSync(folder, { recursive: true })
    const participant = await AnsweringParticipant.open()
    const worker = await start(folder, [{ id: 'desk', port: participant.port }])
    await participant.answers(worker.url)
    return new Watched(worker, participant)
  }

  measure(seconds: number): Promise<Figures> {
    return measure({ participant: this.#participant, url: this.url, pid: this.pid, seconds })
  }

  async stop(): Promise<void> {
    await this.#worker.stop()
    this.#participant.close()
  }
}

interface IdleParts {
  readonly open: (path: string, count: number) => Promise<number>
  readonly pid: number
  readonly url: string
}

async function idle({ open, pid, url }: IdleParts, isQuick: boolean): Promise<void> {
  const answer = await fetch(`${url}/saga`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'not-before': '2999-01-01T00:00:00Z' },
    body: JSON.stringify({ associatedEntityId: 'idle', metadata: {} }),
  })
  const { sagaId } = (await answer.json()) as { readonly sagaId: string }
  const count = isQuick ? 1_000 : 4_500
  for (const path of ['/watch', `/sagas/${sagaId}/watch`]) {
    await open(path, 0)
    await pause(REST)
    const [before, cpu] = [residentNow(pid), processorSeconds(pid)]
    await open(path, count)
    const opening = ((processorSeconds(pid) - cpu) * 1e6) / count
    await pause(REST)
    const each = ((residentNow(pid) - before) * 1_024) / count
    const from = processorSeconds(pid)
    await pause(15_000) // one interval of heartbeats
    const beating = (100 * (processorSeconds(pid) - from)) / 15
    const name = path === '/watch' ? 'all sagas' : 'one saga'
    say(
      `  ${count} idle streams of ${name}: ${each.toFixed(1)} KiB each, ${opening.toFixed(0)} µs to open, ${beating.toFixed(1)} % of a core while idle`,
    )
  }
}

interface Figures {
  /** Sagas that ended in a second. */
  readonly rate: number
  /** Microseconds of processor time of each. */
  readonly cpu: number
}

interface MeasureParts {
  readonly participant: AnsweringParticipant
  readonly url: string
  readonly pid: number
  readonly seconds: number
}

async function measure({ participant, url, pid, seconds }: MeasureParts): Promise<Figures> {
  const [{ answered }, cpu, from] = [await participant.seen(), processorSeconds(pid), performance.now()]
  await flood({ url, sockets: SOCKETS, seconds })
  const rate = ((await participant.seen()).answered - answered) / ((performance.now() - from) / 1_000)
  await settled(participant)
  const ended = (await participant.seen()).answered - answered
  return {
    rate,
    cpu: ((processorSeconds(pid) - cpu) * 1e6) / ended,
  }
}

function medians(figures: readonly Figures[]): Figures {
  return { rate: median(figures.map(({ rate }) => rate)), cpu: median(figures.map(({ cpu }) => cpu)) }
}

function shown({ rate, cpu }: Figures): string {
  return `${rate.toFixed(0)} sagas/s end, ${cpu.toFixed(0)} µs of CPU each`
}

async function ask(viewers: ChildProcess, order: object | 'seen'): Promise<number> {
  viewers.send(order)
  const [bytes] = (await once(viewers, 'message')) as [number]
  return bytes
}

/** Resolves when each command that came was answered. */
async function settled(participant: AnsweringParticipant): Promise<void> {
  for (let at = 0; at < 600; at++) {
    const { count, answered } = await participant.seen()
    if (answered >= count) return
    await pause(50)
  }
}
