import type { Automaton } from './automaton.ts'
import type { TextEdge } from './pattern-tree.ts'

/** The result of a run, with the number of states that it visited. */
export interface AutomatonRun {
  readonly isMatch: boolean
  readonly steps: number
}

/** True if the pattern matches somewhere in the text. At most (characters + 1) × states steps, whatever the pattern. */
export function runAutomaton(automaton: Automaton, characters: readonly string[]): AutomatonRun {
  const run = new AutomatonRunner(characters)
  const isMatch = run.ends(automaton, true).includes(1)
  return { isMatch, steps: run.steps }
}

class AutomatonRunner {
  readonly #characters: readonly string[]
  steps = 0

  constructor(characters: readonly string[]) {
    this.#characters = characters
  }

  /** The places of the text at which a match ends: 1 at each. With `isFirst`, at least the first of them. */
  ends(automaton: Automaton, isFirst: boolean): Uint8Array {
    const { states, start, isForward } = automaton
    const length = this.#characters.length
    const looks = automaton.looks.map((look) => this.ends(look, false))
    const ends = new Uint8Array(length + 1)
    const visited = new Int32Array(states.length).fill(-1)
    let current: number[] = []
    for (let round = 0; round <= length; round++) {
      const place = isForward ? round : length - round
      const following: number[] = []
      const character = this.#characters[isForward ? place : place - 1]
      const open = [...current, start]
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        if (visited[at] === round) continue
        visited[at] = round
        this.steps += 1
        const state = states[at]
        if (state === undefined) continue
        switch (state.kind) {
          case 'match':
            ends[place] = 1
            break
          case 'split':
            open.push(...state.to)
            break
          case 'edge':
            if (this.#isAt(state.edge, place)) open.push(state.next)
            break
          case 'look':
            if ((looks[state.look]?.[place] === 1) !== state.isNegated) open.push(state.next)
            break
          case 'character':
            if (character !== undefined && state.set.has(character)) following.push(state.next)
        }
      }
      if (isFirst && ends[place] === 1) return ends
      current = following
    }
    return ends
  }

  #isAt(edge: TextEdge, place: number): boolean {
    if (edge === 'start') return place === 0
    if (edge === 'end') return place === this.#characters.length
    const isWordEdge = isWord(this.#characters[place - 1]) !== isWord(this.#characters[place])
    return isWordEdge === (edge === 'word')
  }
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^\w$/.test(character)
}
