import type { DeadLetterDocument, DebtDocument, SagaDocument } from '../../../src/codec/saga-document.ts'
import type { DocumentTerms, Flaw } from './document-terms.ts'
import { partsOf } from '../saga-story.ts'
import { shown } from '../same.ts'

type StoredMessage = Pick<DebtDocument, 'id' | 'label' | 'channel'>

/** Commands that are owed or were given up: each is the one of its step (P5), and is there once (P3). */
export function* messages(document: SagaDocument, terms: DocumentTerms): Iterable<Flaw> {
  const { owed = [], deadLetters = [] } = document
  const dead = deadLetters.filter(isCommand)
  const seen = new Set<string>()
  for (const message of [...owed, ...dead]) {
    if (seen.has(message.id)) yield ['P3', `the command "${message.id}" is there twice`]
    seen.add(message.id)
    yield* ofItsStep(document, message, terms)
  }
  for (const { id, attempts, since } of owed) {
    if (!(attempts >= 0)) yield ['P15', `the command "${id}" counts ${shown(attempts)} answers`]
    if (Date.parse(since) > terms.now + terms.slack && document.hold === undefined)
      yield ['I9', `the command "${id}" is owed since ${since}, which is to come`]
  }
}

function isCommand(letter: DeadLetterDocument): letter is DeadLetterDocument & { readonly channel: string } {
  return letter.kind === 'command' && letter.channel !== undefined
}

function* ofItsStep(
  { sagaId, history }: SagaDocument,
  message: StoredMessage,
  { machineOf }: DocumentTerms,
): Iterable<Flaw> {
  const { id, label, channel } = message
  const parts = partsOf({ id, sagaId })
  const [state, event] = [history.states[parts?.step ?? -1], history.events[parts?.step ?? -1]]
  if (parts === undefined || parts.index !== 0 || state === undefined || event === undefined) {
    yield ['P5', `the command "${id}" is of no step of the saga, expected "${sagaId}/<step>/0"`]
    return
  }
  const definition = event.machine === undefined ? undefined : machineOf(event.machine)
  const command = definition?.states.find((one) => one.id === state.state)?.outputCommand
  if (definition !== undefined && (command?.label !== label || command.channel !== channel))
    yield [
      'P5',
      `the command "${id}" is ${shown([label, channel])}, "${state.state}" sends ${shown([command?.label, command?.channel])}`,
    ]
}
