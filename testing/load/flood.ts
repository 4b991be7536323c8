import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A load of creations. */
export interface FloodPlan {
  readonly url: string
  /**
   * Creations a second, on a schedule that depends on no answer; waits count from the instant of the schedule. `undefined`: each
   * connection starts its next request when the last one was answered.
   */
  readonly rate?: number | undefined
  /** Connections; of a rate, the most that the driver opens at once: a creation that finds none is `unsent`. */
  readonly sockets: number
  readonly seconds: number
  /** Milliseconds in which each creation must be answered, else it is `late`. Default: 20 s. */
  readonly deadline?: number | undefined
  /** Processes that share the load. Default: 1. */
  readonly processes?: number | undefined
  /** False: each request has a connection of its own. Default: true. */
  readonly keepAlive?: boolean | undefined
}

/** The part of one process. */
export interface FloodShare extends Pick<FloodPlan, 'rate' | 'sockets' | 'seconds' | 'keepAlive' | 'deadline'> {
  readonly host: string
  readonly port: number
}

/** Outcomes of a flood, or of one process of it. Each creation of the schedule has one. */
export interface FloodAnswers {
  /** Requests that were sent. */
  readonly started: number
  /** Creations for which the driver had no connection: it offered less than the schedule. */
  readonly unsent: number
  /** Creations whose connection was refused or ended before the answer. */
  readonly unconnected: number
  /** Creations that had no answer within their deadline. */
  readonly late: number
  /** Number of answers by status. */
  readonly statuses: Readonly<Record<number, number>>
  /** Milliseconds to the answer of each request that succeeded, and of each that was answered otherwise. */
  readonly accepted: readonly number[]
  readonly refused: readonly number[]
  /** Refusals (429, 503) without `Retry-After`. */
  readonly bare: number
  /** The sagas that were created. */
  readonly ids: readonly string[]
  /** `associatedEntityId` of each creation that was refused with the words that nothing was done. */
  readonly undone: readonly string[]
  /** Most milliseconds that a request of a schedule was sent after its instant: the driver's own delay, a part of the waits. */
  readonly lag: number
}

/** Creates sagas on a schedule, or as fast as they are answered. Resolves when each request has its outcome. */
export async function flood({ url, processes = 1, ...plan }: FloodPlan): Promise<FloodAnswers> {
  const { hostname: host, port } = new URL(url)
  const share: FloodShare = {
    ...plan,
    host,
    port: Number(port),
    rate: plan.rate === undefined ? undefined : plan.rate / processes,
    sockets: Math.ceil(plan.sockets / processes),
  }
  return joined(await Promise.all(Array.from({ length: processes }, () => floodFrom(share))))
}

async function floodFrom(share: FloodShare): Promise<FloodAnswers> {
  const child = fork(new URL('flood-process.ts', import.meta.url), [], { serialization: 'advanced', execArgv: [] })
  child.send(share)
  const [answers] = (await once(child, 'message')) as [FloodAnswers]
  return answers
}

function joined(parts: readonly FloodAnswers[]): FloodAnswers {
  const statuses: Record<number, number> = {}
  for (const part of parts) {
    for (const [status, count] of Object.entries(part.statuses)) {
      statuses[Number(status)] = (statuses[Number(status)] ?? 0) + count
    }
  }
  const sum = (of: (part: FloodAnswers) => number) => parts.reduce((all, part) => all + of(part), 0)
  return {
    started: sum(({ started }) => started),
    unsent: sum(({ unsent }) => unsent),
    unconnected: sum(({ unconnected }) => unconnected),
    late: sum(({ late }) => late),
    bare: sum(({ bare }) => bare),
    statuses,
    accepted: parts.flatMap(({ accepted }) => accepted),
    refused: parts.flatMap(({ refused }) => refused),
    ids: parts.flatMap(({ ids }) => ids),
    undone: parts.flatMap(({ undone }) => undone),
    lag: Math.max(...parts.map(({ lag }) => lag)),
  }
}
