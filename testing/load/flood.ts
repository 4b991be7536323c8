import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A load of creations. */
export interface FloodPlan {
  readonly url: string
  /** Starts a second; `undefined`: each connection starts its next request when the last one was answered. */
  readonly rate?: number | undefined
  /** Connections; of a rate, the most that are open at once. */
  readonly sockets: number
  readonly seconds: number
  /** Processes that share the load. Default: 1. */
  readonly processes?: number | undefined
  /** False: each request has a connection of its own. Default: true. */
  readonly keepAlive?: boolean | undefined
}

/** The part of one process. */
export interface FloodShare extends Pick<FloodPlan, 'rate' | 'sockets' | 'seconds' | 'keepAlive'> {
  readonly host: string
  readonly port: number
}

/** Answers of a flood, or of one process of it. */
export interface FloodAnswers {
  /** Requests that were sent. */
  readonly started: number
  /** Requests that were due while every connection waited for an answer, so that they were not sent. */
  readonly unsent: number
  /** Number of answers by status; 0: none. */
  readonly statuses: Readonly<Record<number, number>>
  /** Milliseconds to the answer of each request that succeeded, and of each other one. */
  readonly accepted: readonly number[]
  readonly refused: readonly number[]
  /** Refusals without `Retry-After`. */
  readonly bare: number
  /** The sagas that were created. */
  readonly ids: readonly string[]
}

/** Creates sagas at a rate, whatever the answers are, or as fast as they are answered. Resolves when each request has ended. */
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
  const child = fork(new URL('flood-lanes.ts', import.meta.url), [], { serialization: 'advanced' })
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
    bare: sum(({ bare }) => bare),
    statuses,
    accepted: parts.flatMap(({ accepted }) => accepted),
    refused: parts.flatMap(({ refused }) => refused),
    ids: parts.flatMap(({ ids }) => ids),
  }
}
