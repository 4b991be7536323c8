import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { peakMemory } from './cost.ts'
import type { BenchBroker } from './bench-broker.ts'
import { startSubject } from './subject.ts'

export interface Burst {
  readonly events: number
  /** Commands in their topic at the end; more than the events where some were sent twice. */
  readonly commands: number
  /** The largest lag: events written and not committed. */
  readonly lag: number
  /** Seconds from the last event written until the lag was zero, and until all commands were produced. */
  readonly caughtUp: number | undefined
  readonly allSent: number | undefined
  /** Largest resident memory in bytes. */
  readonly memory: number
  /** Milliseconds of reads over HTTP meanwhile, each on a connection of its own. */
  readonly reads: readonly number[]
  /** Commands that the relay dropped for lack of capacity or time: the sweep sent them. */
  readonly forgotten: number
}

/** Milliseconds between two reads of the group's progress. */
const LOOK = 100
/** Milliseconds between two reads over HTTP. */
const BETWEEN = 20
/** Milliseconds after which the burst fails. */
const PATIENCE = 45_000

/** Sends `events` events to an idle durable service, as fast as they can be written. */
export async function burst(stage: BenchBroker, events: number, root: string): Promise<Burst> {
  const group = 'burst'
  const topic = await stage.createTopic('burst-events')
  const commands = await stage.createTopic('burst-commands')
  const pipe = { broker: stage.address, events: topic, commands, group, folder: join(root, group) }
  const worker = await startSubject('sqlite', pipe)
  try {
    await joined(worker.url)
    const watch = watchLag(stage, group, { topic, commands, events })
    const reads = readMeanwhile(worker.url)
    await stage.produce(topic, events)
    const watched = await watch(performance.now())
    const waits = await reads.stop()
    const forgotten = await countOf(worker.url, ['relay-forgotten', 'relay-expired'])
    return { ...watched, events, forgotten, reads: waits, memory: peakMemory(worker.pid) }
  } finally {
    await worker.stop()
  }
}

/** Reads a saga that is not there, again and again, until it is stopped: each read asks the store. */
function readMeanwhile(url: string): { readonly stop: () => Promise<readonly number[]> } {
  const waits: number[] = []
  let isOver = false
  const run = async (): Promise<readonly number[]> => {
    while (!isOver) {
      const begun = performance.now()
      const answer = await fetch(`${url}/sagas/none`, { headers: { connection: 'close' } })
      await answer.arrayBuffer()
      waits.push(performance.now() - begun)
      await pause(BETWEEN)
    }
    return waits
  }
  const running = run()
  return { stop: () => ((isOver = true), running) }
}

type Watched = Pick<Burst, 'commands' | 'lag' | 'caughtUp' | 'allSent'>

/** Reads the progress from now on. The function returned takes the instant of the last write, and resolves when all is done. */
function watchLag(
  stage: BenchBroker,
  group: string,
  { topic, commands, events }: { topic: string; commands: string; events: number },
): (written: number) => Promise<Watched> {
  const found = { commands: 0, lag: 0, caughtUpAt: 0, allSentAt: 0 }
  let deadline = Number.POSITIVE_INFINITY
  const look = async (): Promise<boolean> => {
    const [written, committed, sent] = await Promise.all([
      stage.records(topic),
      stage.committed(group, topic),
      stage.records(commands),
    ])
    const now = performance.now()
    found.commands = sent
    found.lag = Math.max(found.lag, written - committed)
    if (committed >= events) found.caughtUpAt ||= now
    if (sent >= events) found.allSentAt ||= now
    return (found.caughtUpAt > 0 && found.allSentAt > 0) || now > deadline
  }
  const looking = (async () => {
    while (!(await look())) await new Promise((done) => setTimeout(done, LOOK))
  })()
  looking.catch(() => undefined) // the caller that awaits the end gets it
  return async (written) => {
    deadline = written + PATIENCE
    await looking
    const seconds = (at: number) => (at === 0 ? undefined : Math.max(0, at - written) / 1_000)
    const { caughtUpAt, allSentAt, ...rest } = found
    return { ...rest, caughtUp: seconds(caughtUpAt), allSent: seconds(allSentAt) }
  }
}

async function joined(url: string): Promise<void> {
  const deadline = performance.now() + PATIENCE
  while (!(await fetch(`${url}/-/ready`)).ok) {
    if (performance.now() > deadline) throw new Error('burst: the service was not ready in time')
    await new Promise((done) => setTimeout(done, LOOK))
  }
}

/** Sum of these internal counters. */
async function countOf(url: string, names: readonly string[]): Promise<number> {
  const text = await (await fetch(`${url}/-/metrics`)).text()
  const counts = text.matchAll(/^batuta_internal_total\{what="([^"]+)"\} (\d+)$/gm)
  return [...counts].reduce((sum, [, name = '', count]) => sum + (names.includes(name) ? Number(count) : 0), 0)
}
