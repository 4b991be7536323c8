import { join } from 'node:path'
import { costBetween, costUntilNow } from './cost.ts'
import type { Cost } from './cost.ts'
import type { Stage } from './stage.ts'
import { startSubject } from './subject.ts'
import type { Subject } from './subject.ts'

export interface Figures {
  /** Events a second whose commands were produced, until all are committed too or time is up; warm-up left out. */
  readonly rate: number
  /** Processor time of the subject for each, and of the broker. */
  readonly microseconds: { readonly subject: number; readonly broker: number }
  /** Cores that were busy. */
  readonly busy: Cost
}

export interface Load {
  readonly topic: string
  /** Each owes one command. */
  readonly events: number
  /** Milliseconds that do not count after the first event is done, then those that do, at most. */
  readonly warmUp: number
  readonly measure: number
}

/** Milliseconds between two looks at the group. */
const LOOK = 25
/** Milliseconds after which something is wrong. */
const PATIENCE = 60_000
let runs = 0

/** One measurement: a fresh process, a fresh group, a fresh topic for its commands. */
export async function measure(stage: Stage, subject: Subject, load: Load, root: string): Promise<Figures> {
  const group = `${subject}-${++runs}`
  const commands = await stage.createTopic(`commands-${group}`)
  const pipe = { broker: stage.address, events: load.topic, commands, group, folder: join(root, group) }
  const worker = await startSubject(subject, pipe)
  const look = async (): Promise<Look> => {
    const [committed, produced] = await Promise.all([stage.committed(group, load.topic), stage.records(commands)])
    const [done, isOver] = [Math.min(produced, load.events), Math.min(committed, produced) >= load.events]
    return { done, isOver, at: performance.now(), cost: costUntilNow(worker.pid, stage.pid) }
  }
  try {
    const begun = await until(look, ({ done }) => done > 0)
    const first = await until(look, ({ at }) => at - begun.at >= load.warmUp)
    const last = await until(look, ({ isOver, at }) => isOver || at - first.at >= load.measure)
    return figuresOf(first, last)
  } finally {
    await worker.stop()
  }
}

interface Look {
  /** Events whose commands are in their topic; commits come a batch at a time, too seldom to measure by. */
  readonly done: number
  /** Everything is there, and committed. */
  readonly isOver: boolean
  readonly at: number
  readonly cost: Cost
}

function figuresOf(first: Look, last: Look): Figures {
  const events = last.done - first.done
  const seconds = (last.at - first.at) / 1_000
  const cost = costBetween(first.cost, last.cost)
  return {
    rate: events / seconds,
    microseconds: { subject: (cost.subject * 1e6) / events, broker: (cost.broker * 1e6) / events },
    busy: { subject: cost.subject / seconds, broker: cost.broker / seconds, others: cost.others / seconds },
  }
}

/** Looks until it is so. */
export async function until<T>(look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  const deadline = performance.now() + PATIENCE
  for (;;) {
    const found = await look()
    if (isSo(found)) return found
    if (performance.now() > deadline)
      throw new Error(`measure: not so within ${PATIENCE / 1_000} s: ${isSo.toString()}`)
    await new Promise((done) => setTimeout(done, LOOK))
  }
}
