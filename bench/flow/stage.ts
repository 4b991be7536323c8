import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { quantile } from '../../testing/load/figures.ts'
import type { FloodAnswers } from '../../testing/load/flood.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'
import { deskChannel, startService } from './start-service.ts'

/** Commands that a participant has received, and events of it that were taken. */
interface Received {
  readonly answered: number
  readonly count: number
  readonly first: number
  readonly last: number
}

/** A participant in a process of its own (`participant.ts`). */
export class Participant {
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

  /** From now on each command is answered with the event `answered`. */
  async answers(url: string): Promise<void> {
    this.#child.send({ url })
    await once(this.#child, 'message')
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}

/** A REST channel of the service. */
export interface Desk {
  readonly id: string
  readonly port: number
  readonly path?: string
}

/** Starts the service on Node with SQLite. */
export function start(folder: string, desks: readonly Desk[]): Promise<WorkerProcess> {
  const [first, second] = desks
  const asked = {
    id: 'asked',
    isFinal: false,
    outputCommand: { label: 'answer', channel: first?.id },
    sideEffects: second === undefined ? [] : [{ label: 'tell', channel: second.id }],
    outgoingTransitions: [{ inputEvent: 'answered', targetState: 'done' }],
  }
  return startService(folder, {
    machineDefinition: { initialState: 'asked', states: [asked, { id: 'done', isFinal: true }] },
    communicationProtocols: desks.map(deskChannel),
  })
}

/** A line about the answers of a flood. */
export function shown({ started, unsent, statuses, accepted, refused, bare }: FloodAnswers, seconds: number): string {
  const rate = (count: number) => `${(count / seconds).toFixed(0)}/s`
  const list = Object.entries(statuses).map(([status, count]) => `${status}: ${rate(count)}`)
  const waits = (times: readonly number[]) =>
    times.length === 0 ? 'none' : `p50 ${quantile(times, 0.5).toFixed(0)}, p99 ${quantile(times, 0.99).toFixed(0)} ms`
  const offered = unsent === 0 ? rate(started) : `${rate(started)} (and ${rate(unsent)} without a free connection)`
  return `${offered} offered, ${list.join(', ')}; accepted ${waits(accepted)}; others ${waits(refused)}, ${bare} without Retry-After`
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
