import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { Flaw } from './document-terms.ts'

/** Actions of operators: each is recorded once, with who and why, and marks its step (P25). */
export function* marks({ history }: SagaDocument): Iterable<Flaw> {
  const { operations = [], events } = history
  const seen = new Set<string>()
  for (const { id, operator, reason, at } of operations) {
    if (seen.has(id)) yield [id.startsWith('bulk/') ? 'P27' : 'P25', `the operation "${id}" is recorded twice`]
    seen.add(id)
    if (operator === '' || reason === '' || Number.isNaN(Date.parse(at)))
      yield ['P25', `the operation "${id}" does not say when, who and why`]
  }
  const marked = events.find(({ operation }) => operation !== undefined)
  if (marked !== undefined && operations.length === 0)
    yield ['P25', `the step "${marked.event}" is of the operation "${marked.operation}", and no operation is recorded`]
}
