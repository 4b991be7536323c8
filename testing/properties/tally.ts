import type { NameKind, SagaProperties } from './properties.ts'

/**
 * How often each thing that the properties name has happened to a saga, in the order of `subjects`; no more than the largest number that
 * a term asks for, so that a saga in a loop has finitely many tallies.
 */
export type PropertyTally = readonly number[]

/** Something that happened to a saga. */
export interface SagaHappening {
  readonly kind: NameKind
  readonly name: string
}

/** Counts what properties name. */
export class PropertyCounter {
  readonly #most = new Map<string, number>()
  readonly #places = new Map<string, number>()

  constructor({ never }: SagaProperties) {
    for (const { kind, name, times } of never.flatMap(({ terms }) => terms)) {
      const subject = subjectOf({ kind, name })
      if (!this.#places.has(subject)) this.#places.set(subject, this.#places.size)
      this.#most.set(subject, Math.max(times, this.#most.get(subject) ?? 0))
    }
  }

  /** Of a saga to which nothing has happened. */
  start(): PropertyTally {
    return Array.from(this.#places, () => 0)
  }

  /** The tally after something happened; the same one where no property asks. */
  after(tally: PropertyTally, happening: SagaHappening): PropertyTally {
    const subject = subjectOf(happening)
    const place = this.#places.get(subject)
    if (place === undefined) return tally
    const count = tally[place] ?? 0
    return count === this.#most.get(subject) ? tally : tally.with(place, count + 1)
  }

  /** Times, up to the largest number that a term asks for. */
  count(tally: PropertyTally, happening: SagaHappening): number {
    return tally[this.#places.get(subjectOf(happening)) ?? -1] ?? 0
  }
}

function subjectOf({ kind, name }: SagaHappening): string {
  return `${kind} ${name}`
}
