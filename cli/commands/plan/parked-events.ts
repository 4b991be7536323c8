import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { ApiClient } from '../../service/api-client.ts'
import { atOnce } from '../../service/at-once.ts'
import { readPages } from '../../service/saga-pages.ts'
import type { PagesRead } from '../../service/saga-pages.ts'
import type { JudgeParked } from './parked-verdict.ts'

/** Parked events of one state and label that would not be taken any more, for one reason. */
export interface LostParked {
  readonly state: string
  readonly event: string
  readonly why: string
  readonly events: number
  /** Ids of a few of their sagas. */
  readonly examples: readonly string[]
}

/** The parked events that were judged. */
export interface ParkedRead {
  readonly lost: readonly LostParked[]
  /** False where more sagas have parked events than were read. */
  readonly isComplete: boolean
}

/** Sagas that are read, and requests at once. */
const [MOST, AT_ONCE] = [1_000, 8]
const EXAMPLES = 3
/** Groups that are told apart: a payload may be part of the reason. */
const MOST_GROUPS = 200

/** Reads the sagas with parked events and judges each event. Answers the failure where they cannot be listed. */
export async function readParked(
  client: ApiClient,
  judge: JudgeParked,
): Promise<ParkedRead | Exclude<PagesRead, { ok: true }>> {
  const groups = new Map<string, { -readonly [key in keyof LostParked]: LostParked[key] }>()
  const read = await readPages(client, { filters: { has: 'parked' }, most: MOST }, (items) =>
    atOnce(items, AT_ONCE, async ({ sagaId }) => {
      const answer = await client.send({ path: `/sagas/${encodeURIComponent(sagaId)}` })
      if (!answer.ok) return // it has ended and was removed, or cannot be read: none of them can be told
      const { currentState: state, parked = [] } = answer.value as SagaDocument
      for (const { event } of parked) {
        const why = judge(state, event)
        const key = JSON.stringify([state, event.label, why])
        if (why === undefined || (groups.size >= MOST_GROUPS && !groups.has(key))) continue
        const group = groups.get(key) ?? { state, event: event.label, why, events: 0, examples: [] }
        group.events++
        if (group.examples.length < EXAMPLES) group.examples = [...new Set([...group.examples, sagaId])]
        groups.set(key, group)
      }
    }),
  )
  return read.ok
    ? { lost: [...groups.values()], isComplete: read.next === undefined && groups.size < MOST_GROUPS }
    : read
}
