import type { Kill } from './kills.ts'
import type { SoakReport } from './soak.ts'

/** Violations that are printed; all of them are in the folder. */
const SHOWN = 20

/** A summary of one line, and a line for each of the first violations. */
export function reportLines(
  name: string,
  { sagas, seconds, calm, kills, repeated, refused, violations }: SoakReport,
): readonly string[] {
  const kinds = Map.groupBy(kills, ({ kind }) => kind)
  const killed = [...kinds].map(([kind, all]) => `${kind} ${all.length}`).join(', ')
  const slowest = kills.toSorted((one, other) => other.recovery - one.recovery)[0]
  const figures = [
    `${sagas} sagas in ${(seconds / 60).toFixed(1)} min`,
    `${kills.length} kills (${killed})`,
    `slowest recovery ${recoveryText(slowest)}`,
    `at rest after ${calm.toFixed(1)} s`,
    `${repeated} commands arrived again`,
    ...(refused > 0 ? [`${refused} creations refused with 503`] : []),
    `${violations.length} violations`,
  ]
  return [
    `${name}: ${figures.join('; ')}`,
    ...violations.slice(0, SHOWN).map(({ rule, sagaId = '', why }) => `${name}: ${rule} ${sagaId} ${why}`),
  ]
}

function recoveryText(kill: Kill | undefined): string {
  if (kill === undefined) return 'none'
  const { kind, recovery, start } = kill
  return `${(recovery / 1_000).toFixed(1)} s (${kind}, of which its start took ${(start / 1_000).toFixed(1)} s)`
}
