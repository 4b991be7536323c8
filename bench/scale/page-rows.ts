import { median } from '../../testing/load/figures.ts'
import type { TableRow } from '../columns.ts'
import type { PageFigures } from './list-pages.ts'
import { shown } from './sides.ts'
import type { Sides } from './sides.ts'

interface WithPages {
  readonly pages: readonly PageFigures[]
}

/** A row for each filter: medians of the rounds of both sides. */
export function pageRows({ small, large }: Sides<WithPages>): readonly TableRow[] {
  const filters = small[0]?.pages.map(({ filter }) => filter) ?? []
  return filters.map((filter, at) => [decodeURIComponent(filter) || 'none', ...cells(small, at), ...cells(large, at)])
}

function cells(rounds: readonly WithPages[], at: number): readonly string[] {
  const medianOf = (pick: (page: PageFigures) => number) =>
    median(rounds.map(({ pages }) => pick(pages[at] as PageFigures)))
  const second = medianOf((page) => page.second)
  return [shown(medianOf((page) => page.first)), Number.isNaN(second) ? '' : shown(second)]
}
