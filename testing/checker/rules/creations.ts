import type { CreateRequest } from '../../../src/orchestrator/corridor.ts'
import type { SagaId } from '../../../src/engine/saga.ts'
import type { Violation } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import type { SagaStory } from '../saga-story.ts'
import { same } from '../same.ts'

/** Under one idempotency key the same body is the same saga, and another body is a mismatch (P8), as long as the saga is kept. */
export function* creations(run: RunIndex): Iterable<Violation> {
  for (const { asked, answered } of run.requests) {
    const { by } = asked
    if (by.door !== 'creation' || by.creation.key === undefined || answered === undefined) continue
    const { id } = by.creation
    const { answer, at } = answered
    const isSame = isBodyOf(by.creation, lifeBetween(run, id, [asked.at, at]))
    if (isSame === undefined) continue
    if (answer.kind === 'mismatch' && isSame)
      yield { rule: 'P8', sagaId: id, at, why: 'the same key with the same body was answered "mismatch"' }
    if ((answer.kind === 'created' || answer.kind === 'repeated') && !isSame)
      yield { rule: 'P8', sagaId: id, at, why: `the same key with another body was answered "${answer.kind}"` }
    if (answer.kind === 'created') yield* createdAgain(run, { id, at, request: answered.request })
  }
}

interface CreatedAnswer {
  readonly id: string
  readonly at: number
  readonly request: number
}

/** The only life that there was between two positions; `undefined` where there were several. */
function lifeBetween({ lives }: RunIndex, id: SagaId, [from, until]: readonly [number, number]): SagaStory | undefined {
  const [one, ...others] = lives.filter(
    (life) => life.id === id && (life.writes[0]?.at ?? until) < until && (life.endedAt ?? until) >= from,
  )
  return others.length === 0 ? one : undefined
}

function* createdAgain({ requests, lives }: RunIndex, { id, at, request }: CreatedAnswer): Iterable<Violation> {
  const others = requests.filter(
    ({ asked: { by }, answered }) =>
      by.door === 'creation' &&
      by.creation.id === id &&
      answered?.answer.kind === 'created' &&
      answered.request < request,
  )
  if (others.length >= Math.max(1, lives.filter((life) => life.id === id).length))
    yield { rule: 'P8', sagaId: id, at, why: 'two requests were answered "created" for one saga' }
}

/** `undefined` where the body that created the saga is not known. */
function isBodyOf({ entity, metadata, fingerprint }: CreateRequest, saga: SagaStory | undefined): boolean | undefined {
  const [first] = saga?.writes ?? []
  if (first === undefined || first.before !== undefined) return undefined
  if (fingerprint !== undefined) return first.after.fingerprint === fingerprint
  return first.after.entity === entity && same(first.after.metadata, metadata)
}
