import { join } from 'node:path'
import { costBetween, costUntilNow } from './cost.ts'
import type { Cost } from './cost.ts'
import type { BenchBroker } from './bench-broker.ts'
import { startSubject } from './subject.ts'
import type { PipeName } from './subject.ts'

export interface PipeFigures {
  /** Events a second whose commands were produced, until all are committed or time is up, without the warm-up. */
  readonly rate: number
  /** Processor time of subject and broker for each event. */
  readonly microseconds: { readonly subject: number; readonly broker: number }
  /** Busy cores. */
  readonly busy: Cost
}

export interface PipeLoad {
  readonly topic: string
  /** Events in the topic; each owes one command. */
  readonly events: number
  /** Milliseconds after the first event that do not count, then those that do, at most. */
  readonly warmUp: number
  readonly measure: number
  /** Folder for the subject's files. */
  readonly root: string
}

/** Milliseconds between two reads of the group's progress. */
const LOOK = 25
/** Milliseconds after which a measurement fails. */
const PATIENCE = 60_000
let runs = 0

/** One measurement, with a process, a group and a topic of commands of its own. */
export async function measure(stage: BenchBroker, subject: PipeName, load: PipeLoad): Promise<PipeFigures> {
  const group = `${subject}-${++runs}`
  const commands = await stage.createTopic(`commands-${group}`)
  const pipe = { broker: stage.address, events: load.topic, commands, group, folder: join(load.root, group) }
  const worker = await startSubject(subject, pipe)
  const look = async (): Promise<PipeProgress> => {
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

interface PipeProgress {
  /** Events whose commands are in their topic. Commits come a batch at a time, too seldom to measure by. */
  readonly done: number
  /** All commands are produced and all events committed. */
  readonly isOver: boolean
  readonly at: number
  readonly cost: Cost
}

function figuresOf(first: PipeProgress, last: PipeProgress): PipeFigures {
  const events = last.done - first.done
  const seconds = (last.at - first.at) / 1_000
  const cost = costBetween(first.cost, last.cost)
  return {
    rate: events / seconds,
    microseconds: { subject: (cost.subject * 1e6) / events, broker: (cost.broker * 1e6) / events },
    busy: { subject: cost.subject / seconds, broker: cost.broker / seconds, others: cost.others / seconds },
  }
}

/** Reads the progress until the condition holds. */
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
