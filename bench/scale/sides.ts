import { median } from '../../testing/load/figures.ts'
import type { TableRow } from '../columns.ts'

/** Figures of the small and of the large side, in the order of the rounds. */
export interface Sides<Figures> {
  readonly small: readonly Figures[]
  readonly large: readonly Figures[]
}

/** Measures both sides once a round, in an order that is reversed every round. */
export async function alternately<Figures>(
  rounds: number,
  measure: (side: 'small' | 'large', round: number) => Promise<Figures>,
): Promise<Sides<Figures>> {
  const sides = { small: [] as Figures[], large: [] as Figures[] }
  for (let round = 0; round < rounds; round++)
    for (const side of round % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const))
      sides[side].push(await measure(side, round))
  return sides
}

/** A row of both medians and the median of the rounds' ratios: a disturbance of a round affects both of its sides. */
export function ratioRow<Figures>(
  { small, large }: Sides<Figures>,
  what: string,
  pick: (figures: Figures) => number,
): TableRow {
  const ratios = large.map((figures, round) => pick(figures) / pick(small[round] as Figures))
  return [what, shown(median(small.map(pick))), shown(median(large.map(pick))), `${median(ratios).toFixed(2)} ×`]
}

/** Three digits that count. */
export function shown(figure: number): string {
  return figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3)
}
