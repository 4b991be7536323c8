import process from 'node:process'
import { quantile } from '../../testing/load/figures.ts'
import type { FloodAnswers } from '../../testing/load/flood.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'
import { deskChannel, startService } from './start-service.ts'

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
