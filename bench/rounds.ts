import { median } from '../testing/load/figures.ts'
import type { Figures } from './drive.ts'
import { measure } from './measure.ts'
import type { Subject, Window } from './measure.ts'

export const AT_ONCE = [1, 16, 64] as const
export const WHAT = ['memory', 'sqlite', 'bare'] as const

/** What every round measured, by `name`. */
export type Results = ReadonlyMap<string, readonly Figures[]>

export interface Plan {
  readonly rounds: number
  readonly window: Window
  /** For the bare server, which is steady sooner. */
  readonly bareWindow: Window
}

export function name({ what, atOnce }: Subject): string {
  return `${what} ${atOnce}`
}

/** Each subject once a round, always in fresh processes, the order reversed every round. */
export async function runRounds(
  { rounds, window, bareWindow }: Plan,
  root: string,
  tell: (line: string) => void,
): Promise<Results> {
  const subjects = AT_ONCE.flatMap((atOnce) => WHAT.map((what): Subject => ({ what, atOnce })))
  const measured = new Map<string, Figures[]>(subjects.map((subject) => [name(subject), []]))
  for (let round = 0; round < rounds; round++) {
    tell(`round ${round + 1} of ${rounds}`)
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const figures = await measure(subject, subject.what === 'bare' ? bareWindow : window, root)
      measured.get(name(subject))?.push(figures)
    }
  }
  return measured
}

/** One figure's median over the rounds. */
export function middle(all: readonly Figures[], pick: (figures: Figures) => number): number {
  return median(all.map(pick))
}
