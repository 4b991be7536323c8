import type { HandedOnHeaders, SagaEvent } from '../engine/saga.ts'
import type { Health } from './health.ts'

/** An inlet of events beside HTTP, such as topics of a broker. It acknowledges an event only after it was settled (I1). */
export interface Source {
  readonly id: string
  /** True if events were acknowledged under this source's name before (P22); `undefined` where its broker does not answer. */
  hasBegun(): Promise<boolean | undefined>
  /**
   * Takes events until it is closed, then resolves; rejects with a `BatutaError` where it must not or cannot go on. `alone`: the
   * store is this process's own, so that no other process may take events of this source (P22).
   */
  run(intake: Intake, alone: boolean): Promise<void>
  /** Liveness, from memory. Not ok after a crash that only a restart can mend; a lost broker is no such crash (C7). */
  alive(): Health
  /** Readiness: the broker answers and events come in. */
  probe(): Promise<Health>
  /** Number of assignments of partitions so far: with each, events may come that were sent a while ago (P18). */
  readonly assignments: number
  /**
   * Resolves when everything that its topics held at the call was settled, by this process or another of the group, or when
   * `isWanted` answers false. Never rejects: a broker that does not answer is asked again (P18).
   */
  caughtUp(isWanted: () => boolean): Promise<void>
  /** Takes no new event, waits for those in flight, acknowledges them and leaves. */
  close(): Promise<void>
}

/** The inlet of the corridor for sources. */
export interface Intake {
  /**
   * Takes one event, and waits out every outage of the store until its fate is known or `isWanted` answers false. Never throws.
   * The events of one saga must be handed in one after the other (I5). `hasDeadLetters`: the source has a place for what is poison;
   * otherwise an event that its saga cannot park becomes a dead letter of the saga (P10).
   */
  take(event: SagaEvent, isWanted: () => boolean, hasDeadLetters: boolean): Promise<Taken>
  /** During an outage of the store, when no event makes progress. */
  readonly isAway: boolean
}

/** Selects the headers of events that go on to the commands of their step (C3.6). */
export interface HeaderIntake {
  /** Names of these headers, in lower case. */
  readonly names: ReadonlySet<string>
  /**
   * The headers that are handed on of those that an event has. A value is a byte string: one character a byte. A header that cannot be
   * handed on is left out, counted and logged: its event is not lost. `origin` is that of the event. Never throws.
   */
  take(values: ReadonlyMap<string, string>, origin: string): HandedOnHeaders | undefined
}

/** The fate of an event that a source handed in. */
export type Taken =
  /** Durable, now or since before: acknowledge it. */
  | { readonly kind: 'settled' }
  /** It can never change its saga: put it aside, then acknowledge it. */
  | { readonly kind: 'poison'; readonly reason: PoisonReason; readonly why: string }
  | Stuck
  /** `isWanted` answered false: do not acknowledge it. */
  | { readonly kind: 'unwanted' }

/** Not done although the store answers: hand it in again. */
export interface Stuck {
  readonly kind: 'stuck'
  readonly why: string
  /** Monotonic instant of the last event that was written. A failure before it may have been the store's, not this event's. */
  readonly lastWritten: number
  /**
   * It must never become a dead letter: its commands are sent only when it is handed in again (P17), or a machine with its saga's
   * state may be on its way (P11).
   */
  readonly isKept?: false
  /** This machine lacks the saga's state, so a restart with the same saga.json would not help. */
  readonly isStranded?: true
}

/** Why an event can never be applied. */
export type PoisonReason = 'unexpected' | 'refused' | 'unknown-saga' | 'too-large' | 'inexact-number' | 'parking-full'
