import { nearestWord, similarWord } from '../../../src/config/nearest-word.ts'
import type { MachineDefinition, StateDefinition } from '../../../src/machine/definition.ts'

/** The new names of states that a file lacks, as far as they can be told. */
export interface MovedStatesAdvice {
  /** Former name → new name, where there is no doubt: entries for `settings.movedStates`. */
  readonly movedStates: Readonly<Record<string, string>>
  /** The other states, and those that may be theirs: the likeliest first, at most three; none where no state is like it. */
  readonly candidates: Readonly<Record<string, readonly string[]>>
}

/** Two machines, and the states of the first one that sagas may be in and the second one lacks. */
export interface LostStates {
  readonly before: MachineDefinition
  readonly after: MachineDefinition
  readonly gone: readonly string[]
}

/**
 * Proposes a new name for each state that is gone. It is certain where one new state alone sends the same command and takes every event
 * of the old one to the same targets, and is so of no other lost state; among several such, one with a similar name alone.
 */
export function adviseMovedStates({ before, after, gone }: LostStates): MovedStatesAdvice {
  const likeness = new Likeness(before, after)
  const fits = new Map(gone.map((id) => [id, likeness.fits(id)]))
  const certain = gone.flatMap((id) => {
    const to = certainName(id, fits)
    return to === undefined ? [] : [[id, to] as const]
  })
  const taken = new Set(certain.map(([id]) => id))
  const uncertain = gone.filter((id) => !taken.has(id))
  return {
    movedStates: Object.fromEntries(certain),
    candidates: Object.fromEntries(uncertain.map((id) => [id, likeness.candidates(id, fits.get(id) ?? [])])),
  }
}

type Fits = ReadonlyMap<string, readonly string[]>

function certainName(id: string, fits: Fits): string | undefined {
  const own = fits.get(id) ?? []
  const rivals = (name: string) => [...fits].filter(([, names]) => names.includes(name)).map(([rival]) => rival)
  const [only] = own
  if (only !== undefined && own.length === 1 && rivals(only).length === 1) return only
  const name = onlySimilar(id, own)
  return name !== undefined && onlySimilar(name, rivals(name)) === id ? name : undefined
}

/** The word that is similar, where no other one is. */
function onlySimilar(word: string, known: readonly string[]): string | undefined {
  const similar = similarWord(word, known)
  if (similar === undefined) return undefined
  return similarWord(
    word,
    known.filter((other) => other !== similar),
  ) === undefined
    ? similar
    : undefined
}

/** Most candidates that are named. */
const MOST = 3

/** Compares states of two machines. */
class Likeness {
  readonly #before: ReadonlyMap<string, StateDefinition>
  readonly #after: ReadonlyMap<string, StateDefinition>
  readonly #added: readonly StateDefinition[]

  constructor(before: MachineDefinition, after: MachineDefinition) {
    this.#before = new Map(before.states.map((state) => [state.id, state]))
    this.#after = new Map(after.states.map((state) => [state.id, state]))
    this.#added = after.states.filter(({ id, isFinal }) => !isFinal && !this.#before.has(id))
  }

  /** New states in which a saga of the lost one would wait for the same as before. */
  fits(id: string): readonly string[] {
    const lost = this.#before.get(id)
    if (lost === undefined || (lost.outgoingTransitions ?? []).length === 0) return []
    return this.#added
      .filter((state) => hasCommandOf(lost, state) && this.#hasTransitionsOf(lost, state))
      .map((state) => state.id)
  }

  /** States that fit first, then new ones with the same command or a similar name; the nearest names first. */
  candidates(id: string, fits: readonly string[]): readonly string[] {
    const lost = this.#before.get(id)
    const names = this.#added.map((state) => state.id)
    const alike = this.#added.filter((state) => lost?.outputCommand !== undefined && hasCommandOf(lost, state))
    const similar = similarWord(id, names)
    const all = [
      ...byNearness(id, fits),
      ...byNearness(
        id,
        alike.map((state) => state.id),
      ),
      ...(similar === undefined ? [] : [similar]),
    ]
    return [...new Set(all)].slice(0, MOST)
  }

  #hasTransitionsOf(lost: StateDefinition, state: StateDefinition): boolean {
    const now = new Map((state.outgoingTransitions ?? []).map((one) => [one.inputEvent, one.targetState]))
    return (lost.outgoingTransitions ?? []).every(({ inputEvent, targetState }) => {
      const target = now.get(inputEvent)
      return target !== undefined && (target === targetState || this.#mayBeRenamed(targetState, target))
    })
  }

  /** The old name has gone and the new one has come. */
  #mayBeRenamed(former: string, name: string): boolean {
    return !this.#after.has(former) && !this.#before.has(name)
  }
}

function hasCommandOf({ outputCommand: one }: StateDefinition, { outputCommand: other }: StateDefinition): boolean {
  return one?.label === other?.label && one?.channel === other?.channel
}

/** Each time the nearest of those that are left. */
function byNearness(word: string, names: readonly string[]): readonly string[] {
  const left = [...names]
  const sorted: string[] = []
  while (left.length > 0 && sorted.length < MOST) {
    const nearest = nearestWord(word, left) as string
    sorted.push(nearest)
    left.splice(left.indexOf(nearest), 1)
  }
  return sorted
}
