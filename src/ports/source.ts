import type { SagaEvent } from '../engine/saga.ts'
import type { Health } from './health.ts'

/** A way by which events come in beside the HTTP door: topics of a broker. Acknowledges only what is settled (I1). */
export interface Source {
  readonly id: string
  /** Whether somebody of this source's name has acknowledged events before (P22); `undefined` where nobody can be asked. */
  hasBegun(): Promise<boolean | undefined>
  /**
   * Takes events from now on. Resolves once it was closed; rejects with a `BatutaError` where it must not or cannot go on.
   * `alone`: the store is this process's own, so nobody else may take events of this source (P22).
   */
  run(intake: Intake, alone: boolean): Promise<void>
  /** From memory: whether it has not crashed for good. Where it has, only a new start may help; a lost broker is no such thing (C7). */
  alive(): Health
  /** Whether the broker is reached now, and events come in. */
  probe(): Promise<Health>
  /** Takes nothing new, lets what is in flight end, acknowledges it, leaves. */
  close(): Promise<void>
}

/** Where a source hands its events in. */
export interface Intake {
  /**
   * Stays with the event until its fate is known, over every outage of the store, for as long as it is wanted. Never throws.
   * Events of one saga are to be handed in one after the other (I5).
   */
  take(event: SagaEvent, isWanted: () => boolean): Promise<Taken>
  /** Whether the store is away, so that nobody can expect progress. */
  readonly isAway: boolean
}

/** The fate of an event that a source handed in. */
export type Taken =
  /** Durable, or it was so before: to be acknowledged. */
  | { readonly kind: 'settled' }
  /** It changes nothing now or later: to be put aside and acknowledged. */
  | { readonly kind: 'poison'; readonly reason: PoisonReason; readonly why: string }
  | Stuck
  /** Nobody waits for it any more: not to be acknowledged. */
  | { readonly kind: 'unwanted' }

/** It is not done although the store answers: to be tried again. */
export interface Stuck {
  readonly kind: 'stuck'
  readonly why: string
  /** Monotonic instant at which an event of another saga was written last: only since then is it known to be this one's fault. */
  readonly lastWritten: number
  /**
   * Never to become a dead letter: what it has set off is kept by nobody but whoever hands it in again (P17), or a machine that
   * knows its saga's state may be on its way (P11).
   */
  readonly isKept?: false
  /** This machine lacks the saga's state: a new process would lack it too. */
  readonly isStranded?: true
}

/** Why an event can never be applied. */
export type PoisonReason = 'unexpected' | 'refused' | 'unknown-saga' | 'too-large' | 'inexact-number'
