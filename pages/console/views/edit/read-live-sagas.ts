import { addressOf } from '../../address.ts'
import type { SagaPage } from '../../api/documents.ts'
import { ask } from '../../api/request.ts'
import type { LiveSagas, Standing } from './stranded.ts'

/** The names whose sagas are asked for. */
export interface AskedSagas {
  readonly states: readonly string[]
  readonly channels: readonly string[]
}

/** Live sagas, and the reason of the store that did not count them. */
export interface ReadSagas extends LiveSagas {
  readonly uncounted?: string | undefined
}

/** Names that are asked for one by one. */
const MOST_ASKED = 12

/** Numbers of all states by one request; where the store does not count so many, one request a state tells that there are some. */
export async function readLiveSagas({ states, channels }: AskedSagas, signal: AbortSignal): Promise<ReadSagas> {
  const page = await pageOf({ counts: 'true' }, signal)
  const ofChannels = await each(channels, (channel) => pageOf({ channel, counts: 'true' }, signal))
  if (page?.counts !== undefined) {
    return { states: new Map(page.counts.map(({ state, total }) => [state, total])), channels: ofChannels }
  }
  const ofStates = await each(states, (currentState) => pageOf({ currentState }, signal))
  return { states: ofStates, channels: ofChannels, uncounted: page?.uncounted }
}

/** Undefined where an answer is missing, or where there are too many names. */
async function each(
  names: readonly string[],
  read: (name: string) => Promise<SagaPage | undefined>,
): Promise<Standing | undefined> {
  if (names.length > MOST_ASKED) return undefined
  const standing = new Map<string, number | 'some'>()
  for (const name of names) {
    const page = await read(name)
    if (page === undefined) return undefined
    standing.set(name, numberIn(page))
  }
  return standing
}

function numberIn({ counts, items }: SagaPage): number | 'some' {
  if (counts !== undefined) return counts.reduce((sum, { total }) => sum + total, 0)
  return items.length === 0 ? 0 : 'some'
}

async function pageOf(filter: Readonly<Record<string, string>>, signal: AbortSignal): Promise<SagaPage | undefined> {
  const path = addressOf(['sagas'], { ...filter, limit: '1' }).replace('#/', '')
  const answer = await ask({ method: 'GET', path, signal })
  return answer.isOk ? (JSON.parse(answer.text) as SagaPage) : undefined
}
