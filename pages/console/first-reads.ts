import { encoded, type Place } from './address.ts'
import type { Session } from './api/documents.ts'
import { readEarly } from './api/early-reads.ts'
import { PATHS, picturePath } from './api/paths.ts'
import { token } from './api/token.ts'
import { isNarrow } from './live/use-narrow.ts'

/**
 * Begins the reads of the first place at once, side by side, while the page is being drawn. Without a token in this tab the session is
 * read alone first: where the service wants one, a single request is refused.
 */
export async function beginReads(place: Place): Promise<void> {
  const session = readEarly(PATHS.session)
  if (token() === '' && !(await session).isOk) return
  for (const path of pathsOf(place)) void readEarly(path)
  const { isOk, text } = await session
  if (isOk && isMachine(place) && (JSON.parse(text) as Session).canList) void readEarly(PATHS.counts)
}

function pathsOf(place: Place): readonly string[] {
  if (isMachine(place)) return [PATHS.machine, picturePath(PATHS.picture, isNarrow())]
  const [section, id] = place.segments
  return section === 'sagas' && id !== undefined ? [PATHS.machine, `sagas/${encoded(id)}`] : [PATHS.machine]
}

function isMachine({ segments }: Place): boolean {
  return segments.length === 0
}
