import type { Judged } from './outcome.ts'

/** A mutant that no test can notice, or that none has to: its texts as the list of survivors prints them, and why. */
export interface Equivalent {
  readonly file: string
  readonly context: string
  readonly original: string
  readonly mutated: string
  readonly reason: string
}

export interface Results {
  readonly mutants: readonly Judged[]
  /** Entries of these files that fit no survivor: a test notices the mutant now, or the code has changed. */
  readonly outdated: readonly Equivalent[]
}

/** Takes the known equivalents out of the survivors. */
export function withoutEquivalents(mutants: readonly Judged[], known: readonly Equivalent[]): Results {
  const byKey = new Map(known.map((one) => [keyOf(one), one]))
  const files = new Set(mutants.map(({ file }) => file))
  const outdated = new Set(known.filter(({ file }) => files.has(file)))
  const judged = mutants.map((mutant) => {
    const entry = byKey.get(keyOf(mutant))
    if (entry === undefined || !isAlive(mutant)) return mutant
    outdated.delete(entry)
    return { ...mutant, outcome: 'equivalent' as const }
  })
  return { mutants: judged, outdated: [...outdated] }
}

/** No test noticed the mutant. */
export function isAlive({ outcome }: Pick<Judged, 'outcome'>): boolean {
  return outcome === 'survived' || outcome === 'not covered'
}

function keyOf({ file, context, original, mutated }: Omit<Equivalent, 'reason'>): string {
  return JSON.stringify([file, context, original, mutated])
}
