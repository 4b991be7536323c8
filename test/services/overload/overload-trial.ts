import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { quantile } from '../../../testing/load/figures.ts'
import { flood } from '../../../testing/load/flood.ts'
import type { FloodAnswers, FloodPlan } from '../../../testing/load/flood.ts'
import type { OverloadedService } from './overloaded-service.ts'

/** Creations a second that a service carries, and sagas a second that end. */
export interface Capacity {
  readonly created: number
  readonly ended: number
}

/** Figures of one overload. */
export interface Overload {
  readonly answers: FloodAnswers
  /** Sagas a second that ended during it. */
  readonly ended: number
  /** Most resident memory, in MiB. */
  readonly most: number
  /** Milliseconds of the probes that said OK, and the number of the others. */
  readonly probes: { readonly healthz: Probes; readonly ready: Probes }
  /** Seconds after its end until creations of four connections are quick and none is refused. */
  readonly normalAfter: number
}

/** Answers of one probe. */
export interface Probes {
  readonly times: readonly number[]
  readonly failed: number
}

/** Sagas that contradict the answers: each list is empty where no answer lied. */
export interface Contradictions {
  /** Accepted, and not in the store. */
  readonly lost: readonly string[]
  /** In the store, and not at their end. */
  readonly unended: readonly string[]
  /** Refused with the words that nothing was done, and in the store. */
  readonly acted: readonly string[]
  /** Not in the store, and the participant has their command. */
  readonly strays: readonly string[]
}

/** What the service carries, with connections that each wait for their answer. */
export async function capacityOf(
  service: OverloadedService,
  { sockets, seconds }: Pick<FloodPlan, 'sockets' | 'seconds'>,
): Promise<Capacity> {
  const { url, participant } = service
  await flood({ url, sockets, seconds: 3 })
  await settled(service)
  const before = (await participant.seen()).answered
  const carried = await flood({ url, sockets, seconds })
  const ended = (await participant.seen()).answered - before
  await settled(service)
  return { created: carried.accepted.length / seconds, ended: ended / seconds }
}

/** Offers a load on a schedule, watches the service meanwhile, and waits until it is as before. */
export async function overloadWith(service: OverloadedService, plan: Omit<FloodPlan, 'url'>): Promise<Overload> {
  const { url, participant } = service
  const before = (await participant.seen()).answered
  const watch = watchService(service)
  const answers = await flood({ ...plan, url })
  const { most, probes } = await watch()
  const ended = ((await participant.seen()).answered - before) / plan.seconds
  return { answers, ended, most, probes, normalAfter: await secondsUntilNormal(url) }
}

/** Compares the answers of all floods with the store and with the commands of the participant. */
export async function contradictionsOf(
  service: OverloadedService,
  floods: readonly FloodAnswers[],
): Promise<Contradictions> {
  await settled(service)
  const kept = await service.sagas()
  const [ids, entities] = [new Set(kept.map(({ sagaId }) => sagaId)), new Set(kept.map(({ entity }) => entity))]
  const commands = await service.participant.keys()
  return {
    lost: floods.flatMap(({ ids: accepted }) => accepted).filter((id) => !ids.has(id)),
    unended: kept.filter(({ isFinal }) => !isFinal).map(({ sagaId }) => sagaId),
    acted: floods.flatMap(({ undone }) => undone).filter((entity) => entities.has(entity)),
    strays: commands.filter((id) => !ids.has(id)),
  }
}

/** Resolves when the event of each command was taken, or after a minute. */
async function settled({ participant }: OverloadedService): Promise<void> {
  let before = -1
  for (let at = 0; at < 600; at++) {
    const { count, answered } = await participant.seen()
    if (answered >= count && count === before) return
    before = count
    await pause(100)
  }
}

/** Asks both probes twice a second over new connections, and reads the memory. */
function watchService({ url, pid }: OverloadedService): () => Promise<Pick<Overload, 'most' | 'probes'>> {
  let most = 0
  const healthz = { times: [] as number[], failed: 0 }
  const ready = { times: [] as number[], failed: 0 }
  const asked = new Set<Promise<void>>()
  const timer = setInterval(() => {
    most = Math.max(most, residentOf(pid))
    for (const [name, probes] of Object.entries({ healthz, ready })) {
      const one = ask(`${url}/-/${name}`, probes).finally(() => asked.delete(one))
      asked.add(one)
    }
  }, 500)
  return async () => {
    clearInterval(timer)
    await Promise.all(asked)
    return { most, probes: { healthz, ready } }
  }
}

/** Milliseconds after which a load balancer would give a probe up. */
const PROBE_PATIENCE = 5_000

async function ask(url: string, probes: { times: number[]; failed: number }): Promise<void> {
  const begun = performance.now()
  try {
    const signal = AbortSignal.timeout(PROBE_PATIENCE)
    const { status } = await fetch(url, { headers: { connection: 'close' }, signal })
    if (status === 200) probes.times.push(performance.now() - begun)
    else probes.failed++
  } catch {
    probes.failed++
  }
}

const MOST_SECONDS = 30
/** p99 of creations, in ms, that is as before. */
const QUICK = 250

async function secondsUntilNormal(url: string): Promise<number> {
  for (let second = 1; second <= MOST_SECONDS; second++) {
    const { accepted, refused } = await flood({ url, sockets: 4, seconds: 1 })
    if (refused.length === 0 && quantile(accepted, 0.99) < QUICK) return second
  }
  return Number.POSITIVE_INFINITY
}

/** MiB; needs Linux's /proc. */
function residentOf(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) / 1_024
}
