import { median } from '../testing/load/figures.ts'
import type { ServiceFigures } from './drive.ts'
import { measure } from './measure.ts'
import type { HttpSubject, Window } from './measure.ts'

export const AT_ONCE = [1, 16, 64] as const
export const WHAT = ['memory', 'sqlite', 'bare'] as const

/** Name of the subject → its figures of every round. */
export type HttpResults = ReadonlyMap<string, readonly ServiceFigures[]>

export interface HttpPlan {
  readonly rounds: number
  readonly window: Window
  /** For the bare server, which needs less time to become steady. */
  readonly bareWindow: Window
}

export function name({ what, atOnce }: HttpSubject): string {
  return `${what} ${atOnce}`
}

/** Measures each subject once a round, in fresh processes, in an order that is reversed every round. */
export async function runRounds(
  { rounds, window, bareWindow }: HttpPlan,
  root: string,
  tell: (line: string) => void,
): Promise<HttpResults> {
  const subjects = AT_ONCE.flatMap((atOnce) => WHAT.map((what): HttpSubject => ({ what, atOnce })))
  const measured = new Map<string, ServiceFigures[]>(subjects.map((subject) => [name(subject), []]))
  for (let round = 0; round < rounds; round++) {
    tell(`round ${round + 1} of ${rounds}`)
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const figures = await measure(subject, { window: subject.what === 'bare' ? bareWindow : window, root })
      measured.get(name(subject))?.push(figures)
    }
  }
  return measured
}

/** The median of one figure over the rounds. */
export function middle(all: readonly ServiceFigures[], pick: (figures: ServiceFigures) => number): number {
  return median(all.map(pick))
}
