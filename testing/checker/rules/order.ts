import type { EventIdentity } from '../../../src/engine/saga.ts'
import type { Violation, Written } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import { identity } from '../saga-story.ts'
import type { SagaStory } from '../saga-story.ts'

/** A reading of an event from a partition. */
interface PartitionReading {
  readonly at: number
  readonly process: string
  readonly partition: string
  readonly offset: number
}

/**
 * Events of one saga in one partition take effect in their order (I5). An event that was read again, by another process, that came over
 * HTTP too, or that was parked or a dead letter meanwhile may come later.
 */
export function* order(run: RunIndex): Iterable<Violation> {
  const readings = readingsOf(run)
  if (readings.size === 0) return
  for (const saga of run.lives) yield* ofSaga(saga, readings)
}

function* ofSaga(saga: SagaStory, readings: ReadonlyMap<string, readonly PartitionReading[]>): Iterable<Violation> {
  /** Partition → the write of its newest event so far. */
  const newest = new Map<string, { offset: number; at: number; label: string }>()
  for (const write of saga.writes) {
    const { step } = write.change
    if (step === undefined || wasKept(write)) continue
    const all = readings.get(JSON.stringify([saga.id, identity(step.event)])) ?? []
    const own = all.filter(({ process, at }) => process === write.process && at < write.at)
    const last = own.at(-1)
    if (last === undefined || all.some(({ process }) => process !== write.process)) continue
    const later = newest.get(last.partition)
    if (later !== undefined && later.offset > last.offset && later.at > last.at)
      yield {
        rule: 'I5',
        sagaId: saga.id,
        at: write.at,
        why: `"${step.event.label}" at the offset ${last.offset} takes effect after "${later.label}" at ${later.offset}`,
      }
    if (later === undefined || later.offset < last.offset)
      newest.set(last.partition, { offset: last.offset, at: write.at, label: step.event.label })
  }
}

/** The saga has kept the event until this write: it was parked, or an operator offers a dead letter again. */
function wasKept({ before, change: { step } }: Written): boolean {
  if (step === undefined || before === undefined) return false
  const letters = before.deadLetters.filter(({ kind }) => kind === 'event') as readonly EventIdentity[]
  const kept = [...before.parked.map(({ event }) => event), ...letters]
  return kept.some((event) => identity(event) === identity(step.event))
}

function readingsOf({ requests }: RunIndex): ReadonlyMap<string, readonly PartitionReading[]> {
  const readings = new Map<string, PartitionReading[]>()
  const posted = new Set<string>()
  for (const { asked } of requests)
    if (asked.by.door === 'event') posted.add(JSON.stringify([asked.by.event.sagaId, identity(asked.by.event)]))
  for (const {
    asked: { at, process, by },
  } of requests) {
    if (by.door !== 'source') continue
    const { partition, offset, event } = by
    const key = JSON.stringify([event.sagaId, identity(event)])
    if (posted.has(key)) continue
    const known = readings.get(key)
    if (known === undefined) readings.set(key, [{ at, process, partition, offset }])
    else known.push({ at, process, partition, offset })
  }
  return readings
}
