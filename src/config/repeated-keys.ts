import { finding, type Finding } from './finding.ts'
import type { PathPositions } from './path-positions.ts'
import { formatPosition } from './text-position.ts'

/** Keys that are more than once in one object. JSON allows them (RFC 8259 §4); all but the last have no effect. */
export function repeatedKeys(positions: PathPositions): readonly Finding[] {
  return positions.repeatedKeys().map(({ path, positions: all }) => {
    const shown = all.slice(-MOST).map(formatPosition).join(', ')
    const found = `the key ${all.length} times, at ${shown}`
    return finding('key.repeated', { path, found, expected: 'the key once; the last one counts', ...all.at(-1) })
  })
}

/** Most positions in one finding. The last one, which counts, is always among them. */
const MOST = 10
