import { expect, test } from 'vitest'
import { checkRun } from '../../../../testing/checker/check-run.ts'
import type { RunTerms } from '../../../../testing/checker/terms.ts'
import { HandMade } from './hand-made.ts'

/** A run made by hand, for a test. */
export type Play = (made: HandMade) => void

/** The rules that a run breaks, each once. */
export function rulesOf(play: Play, terms: RunTerms = {}): readonly string[] {
  const made = new HandMade()
  play(made)
  return [...new Set(checkRun(made.run(terms)).map(({ rule }) => rule))]
}

/** A run that keeps every rule. */
export function keeps(title: string, play: Play, terms?: RunTerms): void {
  test(title, () => {
    const made = new HandMade()
    play(made)
    expect(checkRun(made.run(terms))).toEqual([])
  })
}

/** Runs that break the rule that is named, each by one thing; others may be named beside it. */
export function breaks(rule: string, plays: Readonly<Record<string, Play>>, terms?: RunTerms): void {
  test.each(Object.entries(plays))(`${rule} is broken by %s`, (_, play) => expect(rulesOf(play, terms)).toContain(rule))
}
