import type { ServiceClient } from '../../testing/load/service-client.ts'
import { BEGAN, FEW, MANY } from './sagas.ts'

/** Times of `GET /sagas` under one filter, in milliseconds. */
export interface PageFigures {
  readonly filter: string
  readonly first: number
  /** `NaN` where there is one page alone. */
  readonly second: number
}

interface ListAnswer {
  readonly next?: string
}

/** Every filter of `GET /sagas`, with a value that many sagas have and one that few have (docs/HTTP.md). */
const FILTERS: readonly string[] = [
  '',
  `currentState=${MANY.state}`,
  `currentState=${FEW.state}`,
  `businessStateId=${MANY.business}`,
  `businessStateId=${FEW.business}`,
  'isFinal=false',
  'isFinal=true',
  `associatedEntityId=${encodeURIComponent(MANY.entity)}`,
  `associatedEntityId=${encodeURIComponent(FEW.entity)}`,
  `since=${new Date(BEGAN + 500).toISOString()}`,
  `until=${new Date(BEGAN + 500).toISOString()}`,
  `enteredBefore=${new Date(BEGAN + 500).toISOString()}`,
  'has=owed',
  'has=dead-letters',
  'has=parked',
  'has=timer',
  'has=hold',
  'has=owed&channel=desk',
  'has=owed&channel=counter',
  'has=owed&attemptsAtLeast=3',
  'has=owed&attemptsAtLeast=4',
  'has=owed&lastAnswer=503%20busy',
  'has=owed&lastAnswer=none',
  'counts=true',
]

/** Asks for the first two pages under each filter. */
export async function pagesOf(client: ServiceClient): Promise<readonly PageFigures[]> {
  const figures: PageFigures[] = []
  for (const filter of FILTERS) {
    const first = await timed(client, filter)
    const { next } = first.answer
    const second = next === undefined ? undefined : await timed(client, `${filter}&cursor=${encodeURIComponent(next)}`)
    figures.push({ filter, first: first.ms, second: second?.ms ?? Number.NaN })
  }
  return figures
}

async function timed(
  client: ServiceClient,
  query: string,
): Promise<{ readonly ms: number; readonly answer: ListAnswer }> {
  const begun = performance.now()
  const answer = await client.get<ListAnswer>(`/sagas?${query}`)
  return { ms: performance.now() - begun, answer }
}
