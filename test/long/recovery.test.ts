import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../src/defaults.ts'
import { quantile } from '../../testing/load/figures.ts'
import { BacklogParticipant, closedPort, fillBacklog, machineOf, METADATA } from '../services/backlog/stage.ts'
import { call, eventually } from '../services/client.ts'
import { Worker } from '../services/worker.ts'

/** Milliseconds between two creations of the fresh traffic, and the time in which it is measured without recovery. */
const [INTERVAL, CALM] = [50, 5_000]
const PATIENCE = 240_000
/** A first command within a second on a machine of its own; this allows for one that is shared. */
const FIRST = 3_000

interface Backlog {
  readonly what: string
  /** Commands owed to the channel of the fresh sagas, and to a second one whose participant is away. */
  readonly owed: { readonly desk: number; readonly away: number }
  /** Milliseconds until the participant answers. */
  readonly wait: number
  readonly limits: { readonly rate?: number; readonly concurrency?: number }
}

const BACKLOGS: readonly Backlog[] = [
  { what: '100,000 owed to a quick participant', owed: { desk: 100_000, away: 0 }, wait: 0, limits: {} },
  { what: '10,000 owed to one that takes 200 ms', owed: { desk: 10_000, away: 0 }, wait: 200, limits: {} },
  {
    what: '5,000 owed to one with a rate and a concurrency',
    owed: { desk: 5_000, away: 0 },
    wait: 20,
    limits: { rate: 250, concurrency: 8 },
  },
  { what: '100,000 owed to another one, which is away', owed: { desk: 10_000, away: 100_000 }, wait: 0, limits: {} },
]

/** A worker whose store has the backlog; it has run without its participants, and was killed. */
async function killed({ owed, limits }: Backlog): Promise<{ readonly worker: Worker; readonly port: number }> {
  const [port, away] = [await closedPort(), await closedPort()]
  const channel = (id: string, at: number) => {
    const place = { protocol: 'http', endpoint: '127.0.0.1', port: at, method: 'POST', path: '/' }
    return { id, type: 'rest', configurations: { ...place, retry: {}, ...limits } }
  }
  const configuration = JSON.stringify({
    machineDefinition: machineOf('desk'),
    communicationProtocols: [channel('desk', port), channel('away', away)],
    persistencyManagement: { type: 'sqlite', configurations: {} },
  })
  const worker = await Worker.prepare({ script: 'start', configuration })
  const folder = join(worker.folder, 'data')
  mkdirSync(folder)
  await fillBacklog(folder, owed)
  await worker.start()
  await sleep(2_000)
  await worker.kill()
  return { worker, port }
}

/** Creates sagas at a steady pace until it is ended; resolves with their number. */
function freshTraffic(url: string): () => Promise<number> {
  let isOver = false
  const creations: Promise<unknown>[] = []
  const running = (async () => {
    for (; !isOver; await sleep(INTERVAL)) {
      const body = { associatedEntityId: 'table-8', metadata: { ...METADATA, askedAt: Date.now() } }
      creations.push(call(`${url}/saga`, { body }))
    }
    await Promise.all(creations)
  })()
  return async () => {
    isOver = true
    await running
    return creations.length
  }
}

/** Delays of the commands of fresh sagas during `work`, from the creation's request on. */
async function delaysDuring(
  { worker, participant }: { readonly worker: Worker; readonly participant: BacklogParticipant },
  work: () => Promise<unknown>,
): Promise<readonly number[]> {
  const before = (await participant.seen()).fresh.length
  const end = freshTraffic(worker.url)
  await work()
  const created = await end()
  const arrived = async () => {
    const { fresh } = await participant.seen()
    return fresh.length >= before + created ? fresh.slice(before) : undefined
  }
  return eventually(arrived, 20_000)
}

describe('recovery after SIGKILL beside fresh traffic', () => {
  test.each(BACKLOGS)(
    'P16 I5 $what: all are sent, no participant is flooded, fresh commands do not wait',
    async (own) => {
      const { worker, port } = await killed(own)
      const participant = await BacklogParticipant.open({ port, wait: own.wait })
      try {
        await worker.start()
        const ready = Date.now()
        const all = async () => {
          await sleep(100)
          const { count, fresh } = await participant.seen()
          return count - fresh.length >= own.owed.desk ? count : undefined
        }
        const during = await delaysDuring({ worker, participant }, () => eventually(all, PATIENCE))
        const { first, last, most, count } = await participant.seen()
        const calm = await delaysDuring({ worker, participant }, () => sleep(CALM))
        const [p99, p99Calm] = [quantile(during, 0.99), quantile(calm, 0.99)]
        const rate = count / ((last - first) / 1_000)
        process.stdout.write(
          `${own.what}: first after ${first - ready} ms, ${rate.toFixed(0)} commands/s, at most ${most} under way; fresh commands ` +
            `p50 ${quantile(during, 0.5)}, p99 ${p99} ms; without recovery ${quantile(calm, 0.5)}, ${p99Calm} ms\n`,
        )
        const { rate: allowed = Number.POSITIVE_INFINITY, concurrency = DEFAULTS.sendsAtOnce } = own.limits
        expect(first - ready).toBeLessThan(FIRST)
        expect(most).toBeLessThanOrEqual(concurrency)
        expect(rate).toBeLessThanOrEqual(1.05 * allowed)
        expect(p99).toBeLessThan(Math.max(500, 4 * p99Calm))
      } finally {
        await worker.stop()
        participant.close()
      }
    },
    400_000,
  )
})
