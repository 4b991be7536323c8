import type { CharacterSet } from './character-set.ts'
import type { TextEdge, PatternTree } from './pattern-tree.ts'

/** One state of an automaton. `next` and `to` are places in the list of states. */
export type AutomatonState =
  | { readonly kind: 'character'; readonly set: CharacterSet; readonly next: number }
  | { readonly kind: 'split'; readonly to: readonly number[] }
  | { readonly kind: 'edge'; readonly edge: TextEdge; readonly next: number }
  | { readonly kind: 'look'; readonly look: number; readonly isNegated: boolean; readonly next: number }
  | { readonly kind: 'match' }

/** A regular expression as a nondeterministic automaton, for a matcher that never goes back. */
export interface Automaton {
  readonly states: readonly AutomatonState[]
  readonly start: number
  /** False for one that reads the text from its end. */
  readonly isForward: boolean
  /** The automata of its look-arounds: those that look ahead read from the end. */
  readonly looks: readonly Automaton[]
}

/** The automaton of a pattern; none for a pattern that no automaton can follow, or whose repeats make more states than `most`. */
export function automatonOf(tree: PatternTree, most: number): Automaton | undefined {
  try {
    return new AutomatonBuilder(true, { left: most }).build(tree)
  } catch (thrown) {
    if (thrown instanceof NoAutomaton) return undefined
    throw thrown
  }
}

class NoAutomaton extends Error {}

class AutomatonBuilder {
  readonly #states: AutomatonState[] = []
  readonly #looks: Automaton[] = []
  readonly #isForward: boolean
  /** States that this automaton and those of its look-arounds may still add. */
  readonly #budget: { left: number }

  constructor(isForward: boolean, budget: { left: number }) {
    this.#isForward = isForward
    this.#budget = budget
  }

  build(tree: PatternTree): Automaton {
    const start = this.#emit(tree, this.#add({ kind: 'match' }))
    return { states: this.#states, start, isForward: this.#isForward, looks: this.#looks }
  }

  /** Adds the states of a part that leads to `next`, and returns the first of them. */
  #emit(tree: PatternTree, next: number): number {
    switch (tree.kind) {
      case 'character':
        return this.#add({ kind: 'character', set: tree.set, next })
      case 'sequence':
        return (this.#isForward ? tree.parts.toReversed() : tree.parts).reduce((to, part) => this.#emit(part, to), next)
      case 'choice':
        return this.#add({ kind: 'split', to: tree.options.map((option) => this.#emit(option, next)) })
      case 'repeat':
        return this.#repeat(tree, next)
      case 'edge':
        return this.#add({ kind: 'edge', edge: tree.edge, next })
      case 'look': {
        this.#looks.push(new AutomatonBuilder(!tree.isAhead, this.#budget).build(tree.part))
        return this.#add({ kind: 'look', look: this.#looks.length - 1, isNegated: tree.isNegated, next })
      }
      case 'other':
        throw new NoAutomaton()
    }
  }

  #repeat({ part, least, most }: Extract<PatternTree, { kind: 'repeat' }>, next: number): number {
    let to = next
    if (most === Infinity) to = this.#loop(part, next)
    else
      for (let round = least; round < most; round++) to = this.#add({ kind: 'split', to: [this.#emit(part, to), next] })
    for (let round = 0; round < least; round++) to = this.#emit(part, to)
    return to
  }

  #loop(part: PatternTree, next: number): number {
    const to = [next]
    const loop = this.#add({ kind: 'split', to })
    to.push(this.#emit(part, loop))
    return loop
  }

  #add(state: AutomatonState): number {
    this.#budget.left -= 1
    if (this.#budget.left < 0) throw new NoAutomaton()
    return this.#states.push(state) - 1
  }
}
