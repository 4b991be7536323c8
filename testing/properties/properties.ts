/** Things of a machine that a term can name. */
export const NAME_KINDS = ['state', 'event', 'command'] as const

/**
 * - `state`: the saga entered it; each visit counts.
 * - `event`: the saga took it, from a participant, a client or a deadline.
 * - `command`: a participant acted on it; side effects are commands too.
 */
export type NameKind = (typeof NAME_KINDS)[number]

/** A statement about the path of one saga: something happened as often as that, or more often. */
export interface PropertyTerm {
  /** True for `not …`: it happened less often. */
  readonly isNegated: boolean
  readonly kind: NameKind
  readonly name: string
  /** 1 without `twice` or `n times`. */
  readonly times: number
}

/** Terms that must never hold together. */
export interface NeverProperty {
  /** As the file has them. */
  readonly text: string
  readonly terms: readonly PropertyTerm[]
}

/** The properties of a machine, of a properties file. */
export interface SagaProperties {
  readonly never: readonly NeverProperty[]
  /** `always: ["eventually final"]`: no saga stands still for ever. */
  readonly isEventuallyFinal: boolean
}

/** No properties: nothing is broken. */
export const NO_PROPERTIES: SagaProperties = Object.freeze({ never: [], isEventuallyFinal: false })
