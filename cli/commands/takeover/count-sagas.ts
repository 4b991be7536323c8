import { LONGEST_NAME } from '../../../src/codec/message.ts'
import type { SurveyedDocument } from '../../../src/codec/stored-document.ts'
import type { Machine } from '../../../src/machine/compile.ts'

/** The sagas of a collection, counted. */
export interface SagaCounts {
  /** Documents read. */
  readonly documents: number
  /** Sagas that have ended. */
  readonly final: number
  /** Live sagas that can go on, by state. */
  readonly live: Readonly<Record<string, number>>
  /** Documents that cannot go on, by reason. */
  readonly stuck: readonly StuckSagas[]
}

/** Documents with one reason why they cannot go on. */
export interface StuckSagas {
  readonly why: string
  readonly count: number
  /** Ids of the first ones; a document without an id has none. */
  readonly examples: readonly string[]
}

/** Ids that are kept for one reason, and reasons that are told apart. */
const EXAMPLES = 5
const REASONS = 200

/** Counts the documents of a survey. Its memory does not grow with their number. */
export async function countSagas(documents: AsyncIterable<SurveyedDocument>, machine: Machine): Promise<SagaCounts> {
  const [live, stuck] = [new Map<string, number>(), new Map<string, { count: number; examples: string[] }>()]
  const counts = { documents: 0, final: 0 }
  for await (const document of documents) {
    counts.documents++
    const verdict = verdictOn(document, machine)
    if (verdict.kind === 'final') counts.final++
    else if (verdict.kind === 'live') live.set(verdict.state, (live.get(verdict.state) ?? 0) + 1)
    else {
      const why = stuck.has(verdict.why) || stuck.size < REASONS ? verdict.why : 'for other reasons'
      const known = stuck.get(why) ?? { count: 0, examples: [] }
      known.count++
      if (document.id !== undefined && known.examples.length < EXAMPLES) known.examples.push(document.id)
      stuck.set(why, known)
    }
  }
  return {
    ...counts,
    live: Object.fromEntries([...live].toSorted(([one], [other]) => (one < other ? -1 : 1))),
    stuck: [...stuck].map(([why, known]) => ({ why, ...known })),
  }
}

type Verdict =
  | { readonly kind: 'final' }
  | { readonly kind: 'live'; readonly state: string }
  | { readonly kind: 'stuck'; readonly why: string }

function verdictOn({ id, read }: SurveyedDocument, machine: Machine): Verdict {
  if (!read.ok) return stuck(`the document cannot be read: ${read.why}`)
  const { isFinal, currentState } = read.value
  if (isFinal) return { kind: 'final' }
  const flaw = id === undefined ? 'it is missing' : flawOf(id)
  if (flaw !== undefined) return stuck(`no event can name its id: ${flaw}`)
  const state = machine.states.get(currentState)
  if (state === undefined) return stuck(`the machine has no state ${JSON.stringify(currentState)}`)
  return state.transitions.size > 0
    ? { kind: 'live', state: currentState }
    : stuck(`the state ${JSON.stringify(currentState)} takes no event`)
}

function stuck(why: string): Verdict {
  return { kind: 'stuck', why }
}

/** A reason why messages with this id are refused (C3.3, C3.4). */
function flawOf(id: string): string | undefined {
  if (id === '') return 'it is empty'
  if (id.length > LONGEST_NAME) return `it has more than ${LONGEST_NAME} characters`
  return id.isWellFormed() && !id.includes('\0') ? undefined : 'it has NUL or half a surrogate pair'
}
