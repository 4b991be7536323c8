import type { VNode } from 'preact'
import type { DeadLetter, OwedCommand, SagaDocument, SendReport } from '../../api/documents.ts'
import type { Deed } from '../../parts/deed.ts'
import { Ago, Until } from '../../parts/time.tsx'
import { counted } from '../../text/counted.ts'
import { redeliver, release } from './deeds.tsx'

interface TroubleLinesProps {
  readonly saga: SagaDocument
  readonly onDeed: ((deed: Deed) => void) | undefined
}

const MOST = 5
/** Attempts after which an owed command is trouble. */
const PATIENCE = 3

/** What keeps the saga from going on, each in a sentence with what to press. */
export function TroubleLines({ saga, onDeed }: TroubleLinesProps): VNode | null {
  const { deadLetters = [], owed = [], hold } = saga
  const failing = owed.filter(({ attempts, sends = 0 }) => Math.max(attempts, sends) >= PATIENCE)
  if (deadLetters.length + failing.length === 0 && hold === undefined) return null
  return (
    <div class="troubles">
      {deadLetters.slice(0, MOST).map((letter) => (
        <Dead key={`${letter.kind} ${letter.id}`} letter={letter} />
      ))}
      {failing.slice(0, MOST).map((command) => (
        <Failing key={command.id} command={command} />
      ))}
      {deadLetters.length + failing.length > 0 && onDeed && (
        <button type="button" class="main" onClick={() => onDeed(redeliver(saga))}>
          Redeliver…
        </button>
      )}
      {hold && <Held hold={hold} />}
      {hold && onDeed && (
        <button type="button" class="main" onClick={() => onDeed(release(saga))}>
          Release…
        </button>
      )}
    </div>
  )
}

function Dead({ letter }: { readonly letter: DeadLetter }): VNode {
  const { kind, label, attempts, why, last, since } = letter
  const isSaid = last?.status !== undefined && why === `status ${last.status}`
  return (
    <p class="notice bad">
      <b>
        <bdi>{label.slice(0, 120)}</bdi>
      </b>{' '}
      {kind === 'command' ? `was not delivered: ${counted(attempts, 'attempt')}` : 'could not be applied'}
      {!isSaid && (
        <>
          , <bdi>{why.slice(0, 200)}</bdi>
        </>
      )}
      <bdi>{lastWords(last)}</bdi>. It is a dead letter, given up{' '}
      <span class="muted">
        <Ago at={since} />
      </span>
    </p>
  )
}

function Failing({ command }: { readonly command: OwedCommand }): VNode {
  const { label, attempts, sends = attempts, last, since } = command
  return (
    <p class="notice bad">
      <b>
        <bdi>{label.slice(0, 120)}</bdi>
      </b>{' '}
      is not delivered yet: {counted(sends, 'send')}
      <bdi>{lastWords(last)}</bdi>. Owed since{' '}
      <span class="muted">
        <Ago at={since} />
      </span>
    </p>
  )
}

function Held({ hold }: { readonly hold: NonNullable<SagaDocument['hold']> }): VNode {
  return (
    <p class="notice">
      {hold.isBeginning ? 'The saga has not begun yet; it was created' : 'The saga is held: it stands still since'}{' '}
      <Ago at={hold.since} />
      {hold.until !== undefined && (
        <>
          . It goes on <Until at={hold.until} past="now" />
        </>
      )}
      .
    </p>
  )
}

/** The last answer of a participant, as the end of a sentence. */
export function lastWords(last: SendReport | undefined): string {
  if (last === undefined) return ''
  const answer = last.answer === undefined || last.answer === '' ? '' : ` “${last.answer.slice(0, 200)}”`
  return last.status === undefined ? `, no answer${answer}` : `, last answer ${last.status}${answer}`
}
