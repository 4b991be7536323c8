import type { NeverProperty, SagaProperties } from './properties.ts'
import { PropertyCounter } from './tally.ts'
import type { PropertyTally, SagaHappening } from './tally.ts'

/** The path of one saga, as far as it has come. */
export interface JudgedPath {
  /** Ids of the states that it entered, in order; a state that it entered again is there again. */
  readonly states: readonly string[]
  /** Labels of the events that it took, in order, without its creation. */
  readonly events: readonly string[]
  /**
   * Commands and side effects on which participants acted. A repeat with the same id counts once; another visit of the state has another id.
   * A participant that acts on a repeat too has forgotten its keys: give the repeat an id of its own.
   */
  readonly commands: readonly { readonly id: string; readonly label: string }[]
  /** It has ended: its state is final, and no command is owed or under way. */
  readonly isFinal: boolean
  /** It will never be final by itself: nothing can happen any more, or what can happen leads to no end. */
  readonly standsStill: boolean
}

/** A property that a path breaks. */
export interface BrokenProperty {
  readonly rule: 'never' | 'always'
  /** Place in the list of that rule in the file, from 0. */
  readonly index: number
  /** The terms, as the file has them. */
  readonly text: string
}

/** The end of a path: what holds from now on. */
export type PathEnd = Pick<JudgedPath, 'isFinal' | 'standsStill'>

/**
 * Judges paths by properties. `never` with a term with `not` is judged where the path has come to an end, since what has not happened may
 * still happen; `never` without one at any moment, since what has happened stays so.
 */
export class PropertyJudge {
  readonly counter: PropertyCounter
  readonly #properties: SagaProperties

  constructor(properties: SagaProperties) {
    this.counter = new PropertyCounter(properties)
    this.#properties = properties
  }

  /** The properties that a whole path breaks. */
  judge(path: JudgedPath): readonly BrokenProperty[] {
    let tally = this.counter.start()
    for (const happening of happeningsOf(path)) tally = this.counter.after(tally, happening)
    return this.judgeTally(tally, path)
  }

  /** The properties that a path of this tally breaks. */
  judgeTally(tally: PropertyTally, { isFinal, standsStill }: PathEnd): readonly BrokenProperty[] {
    const { never, isEventuallyFinal } = this.#properties
    const hasEnded = isFinal || standsStill
    const broken = never.flatMap((one, index) =>
      (hasEnded || !hasNegation(one)) && this.#holds(one, tally)
        ? [{ rule: 'never', index, text: one.text } as const]
        : [],
    )
    if (!isEventuallyFinal || isFinal || !standsStill) return broken
    return [...broken, { rule: 'always', index: 0, text: 'eventually final' }]
  }

  #holds({ terms }: NeverProperty, tally: PropertyTally): boolean {
    return terms.every((term) => this.counter.count(tally, term) >= term.times !== term.isNegated)
  }
}

function hasNegation({ terms }: NeverProperty): boolean {
  return terms.some(({ isNegated }) => isNegated)
}

function happeningsOf({ states, events, commands }: JudgedPath): readonly SagaHappening[] {
  const acted = new Map(commands.map(({ id, label }) => [id, label]))
  return [
    ...states.map((name) => ({ kind: 'state', name }) as const),
    ...events.map((name) => ({ kind: 'event', name }) as const),
    ...Array.from(acted.values(), (name) => ({ kind: 'command', name }) as const),
  ]
}
