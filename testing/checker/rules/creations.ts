import type { CreateRequest } from '../../../src/orchestrator/corridor.ts'
import type { Violation } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import type { SagaStory } from '../saga-story.ts'
import { same } from '../same.ts'

/** Under one idempotency key the same body is the same saga, and another body is a mismatch (P8). */
export function* creations(run: RunIndex): Iterable<Violation> {
  for (const {
    asked: { by },
    answered,
  } of run.requests) {
    if (by.door !== 'creation' || by.creation.key === undefined || answered === undefined) continue
    const { id } = by.creation
    const isSame = isBodyOf(by.creation, run.sagas.get(id))
    const { answer, at } = answered
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

function* createdAgain({ requests }: RunIndex, { id, at, request }: CreatedAnswer): Iterable<Violation> {
  const other = requests.find(
    ({ asked: { by }, answered }) =>
      by.door === 'creation' &&
      by.creation.id === id &&
      answered?.answer.kind === 'created' &&
      answered.request < request,
  )
  if (other !== undefined)
    yield { rule: 'P8', sagaId: id, at, why: 'two requests were answered "created" for one saga' }
}

/** `undefined` where the body that created the saga is not known. */
function isBodyOf({ entity, metadata, fingerprint }: CreateRequest, saga: SagaStory | undefined): boolean | undefined {
  const [first] = saga?.writes ?? []
  if (first === undefined || first.before !== undefined) return undefined
  if (fingerprint !== undefined) return first.after.fingerprint === fingerprint
  return first.after.entity === entity && same(first.after.metadata, metadata)
}
