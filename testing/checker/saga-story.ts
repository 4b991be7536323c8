import type { Command, CommandId, EventIdentity, Instant, SagaId } from '../../src/engine/saga.ts'
import type { Arrived, Concluded, Departed, Written } from './observation.ts'

/** All that was seen of one life of a saga, each kind in the order of the run. */
export interface SagaStory {
  readonly id: SagaId
  readonly writes: readonly Written[]
  /** Positions of the writes whose step applied an event, by `identity`; more than one breaks I4. */
  readonly applied: ReadonlyMap<string, readonly number[]>
  readonly commands: ReadonlyMap<CommandId, CommandStory>
  /** Position of its removal; absent while it is kept. */
  readonly endedAt?: number | undefined
}

/** All that was seen of one command or side effect. */
export interface CommandStory {
  readonly id: CommandId
  readonly leases: readonly Lease[]
  readonly departures: readonly Departed[]
  readonly arrivals: readonly Arrived[]
  readonly conclusions: readonly Concluded[]
}

/** The right of one process to send a command once: a write gives it, for a time (P12). */
export interface Lease {
  readonly at: number
  readonly process: string
  readonly from: Instant
  readonly due: Instant
  /** Position of the write that ended it: its send has ended, or its command waits no more. Absent: it ends with its time. */
  readonly endedAt?: number | undefined
}

/** Identity of an event: id and label together (P7). */
export function identity({ id, label }: EventIdentity): string {
  return JSON.stringify([id, label])
}

/** True if the history had the event before a position of the run. */
export function wasApplied(saga: SagaStory | undefined, event: EventIdentity, before: number): boolean {
  return saga?.applied.get(identity(event))?.some((at) => at < before) === true
}

/** Saga, step and index of a command's id, `<saga>/<step>/<index>` (P5); `undefined` where the id has another form. */
export function partsOf({ id, sagaId }: Pick<Command, 'id' | 'sagaId'>): { step: number; index: number } | undefined {
  const [, step, index] = id.startsWith(`${sagaId}/`) ? (/^(\d+)\/(\d+)$/.exec(id.slice(sagaId.length + 1)) ?? []) : []
  return step === undefined || index === undefined ? undefined : { step: Number(step), index: Number(index) }
}
