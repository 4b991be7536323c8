import type { FilePath } from './graph.ts'

/** The stable name of a finding about a machine. */
export type MachineFindingCode =
  | 'business-state.missing'
  | 'business-state.premature'
  | 'business-state.unused'
  | 'channel.unused'
  | 'compensation.missing'
  | 'creation-event.awaited'
  | 'event.contradictory'
  | 'final.missing'
  | 'initial.final'
  | 'loop.endless'
  | 'name.similar'
  | 'state.dead-end'
  | 'state.inert'
  | 'state.unreachable'

/** A trait of a machine that is probably a mistake. It is data: words for people, and where to look. */
export interface MachineFinding {
  readonly code: MachineFindingCode
  readonly path: FilePath
  readonly found: string
  readonly expected: string
}
