import type { SagaDocument } from '../../src/codec/saga-document.ts'
import type { Violation } from './observation.ts'
import { pathProblems } from './path.ts'
import type { DocumentRule, DocumentTerms, Flaw } from './document/document-terms.ts'
import { events } from './document/events.ts'
import { lost } from './document/lost.ts'
import { marks } from './document/marks.ts'
import { messages } from './document/messages.ts'
import { waits } from './document/waits.ts'

const RULES: readonly DocumentRule[] = [path, events, messages, lost, waits, marks]

/**
 * Judges a saga by its document alone, as `GET /sagas/{sagaId}` shows it: all that a deployment can tell of its past. A document is one
 * instant of a saga at work, so what a moment explains is not judged before `slack` has passed.
 */
export function checkDocument(document: SagaDocument, terms: DocumentTerms): readonly Violation[] {
  const { sagaId } = document
  return RULES.flatMap((rule) => [...rule(document, terms)]).map(([rule, why]) => ({ rule, sagaId, why }))
}

/** The history is a path (I3), holds each event once (I4), and leaves a final state by what it lists alone (I6). */
function* path(document: SagaDocument, { machineOf }: DocumentTerms): Iterable<Flaw> {
  for (const why of pathProblems(machineOf, document)) {
    const isRepeat = why.endsWith('was applied before')
    yield [isRepeat ? 'I4' : why.startsWith('final ') ? 'I6' : 'I3', why]
  }
}
