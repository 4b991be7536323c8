import type { VNode } from 'preact'
import type { SagaDocument, SendReport } from '../../api/documents.ts'
import type { Deed } from '../../parts/deed.ts'
import { Ago } from '../../parts/time.tsx'
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
      {deadLetters.slice(0, MOST).map(({ id, kind, label, attempts, why, last, since }) => (
        <p key={`${kind} ${id}`} class="notice bad">
          <b>
            <bdi>{label.slice(0, 120)}</bdi>
          </b>{' '}
          {kind === 'command' ? `was not delivered: ${counted(attempts, 'attempt')}, given up` : 'could not be applied'}{' '}
          (<bdi>{why.slice(0, 200)}</bdi>){lastWords(last)}.{' '}
          <span class="muted since">
            <Ago at={since} />
          </span>
        </p>
      ))}
      {failing.map(({ id, label, attempts, sends = attempts, last, since }) => (
        <p key={id} class="notice bad">
          <b>
            <bdi>{label.slice(0, 120)}</bdi>
          </b>{' '}
          is not delivered yet: {counted(sends, 'send')}
          {lastWords(last)}.{' '}
          <span class="muted">
            owed since <Ago at={since} />
          </span>
        </p>
      ))}
      {hold !== undefined && (
        <p class="notice">
          {hold.isBeginning ? 'The saga has not begun yet' : 'The saga is held'} <Ago at={hold.since} />
          {hold.until !== undefined && `, until ${hold.until}`}.
        </p>
      )}
      {onDeed !== undefined && (
        <p class="buttons">
          {deadLetters.length + failing.length > 0 && (
            <button type="button" class="main" onClick={() => onDeed(redeliver(saga))}>
              Redeliver…
            </button>
          )}
          {hold !== undefined && (
            <button type="button" class="main" onClick={() => onDeed(release(saga))}>
              Release…
            </button>
          )}
        </p>
      )}
    </div>
  )
}

/** The last answer of a participant, as the end of a sentence. */
export function lastWords(last: SendReport | undefined): string {
  if (last === undefined) return ''
  const answer = last.answer === undefined || last.answer === '' ? '' : ` “${last.answer.slice(0, 200)}”`
  return last.status === undefined ? `, no answer${answer}` : `, last answer ${last.status}${answer}`
}
