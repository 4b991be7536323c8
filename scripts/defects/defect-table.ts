import type { HuntEnd } from './hunt.ts'
import type { PlantedDefect } from './planted-defect.ts'

/** A defect and the end of the hunt for it. */
export interface HuntedDefect {
  readonly defect: PlantedDefect
  readonly end: HuntEnd
}

/** The table of planted defects, in Markdown. */
export function defectTable(hunted: readonly HuntedDefect[]): string {
  const rows = hunted.map(({ defect: { name, rule, mistake }, end: { seeds, seconds, found } }) => [
    `[\`${name}\`](../test/simulation/defects/${name}.patch): ${mistake}`,
    rule,
    found === undefined ? 'missed' : found.rules.join(' '),
    found === undefined ? `> ${shown(seeds)}` : shown(seeds),
    seconds.toFixed(1),
  ])
  return [HEAD, HEAD.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

const HEAD = ['planted defect', 'rule', 'named in its first run', 'seeds', 'seconds']

function shown(seeds: number): string {
  return seeds.toLocaleString('en')
}

/** A page with the table in place of the one between its marks. Throws where it has no such place. */
export function withTable(page: string, table: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from === -1 || to < from) throw new Error(`write docs/SIMULATION.md: expected "${BEGIN}" before "${END}"`)
  return [page.slice(0, from + BEGIN.length), table, page.slice(to)].join('\n\n')
}

const BEGIN = '<!-- generated: defects -->'
const END = '<!-- end: defects -->'
