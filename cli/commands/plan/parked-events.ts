import type { ServiceFailure } from '../../service/api-client.ts'
import { atOnce } from '../../service/at-once.ts'
import type { LiveSource } from './live-source.ts'
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

/** Reads the sagas with parked events and judges each event. Answers the failure where they cannot be listed or read. */
export async function readParked(source: LiveSource, judge: JudgeParked): Promise<ParkedRead | ServiceFailure> {
  const groups = new Map<string, { -readonly [key in keyof LostParked]: LostParked[key] }>()
  let failure: ServiceFailure | undefined
  const read = await source.list({ filters: { has: 'parked' }, most: MOST }, (items) =>
    atOnce(items, AT_ONCE, async ({ sagaId }) => {
      const document = failure ? undefined : await source.document(sagaId)
      if (document === undefined) return // it has ended and was removed, or is damaged: none of them can be told
      if ('ok' in document) return void (failure = document)
      const { currentState: state, parked = [] } = document
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
  if (failure !== undefined) return failure
  return read.ok
    ? { lost: [...groups.values()], isComplete: read.next === undefined && groups.size < MOST_GROUPS }
    : read
}
