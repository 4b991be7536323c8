import type { VNode } from 'preact'
import type { DeadLetter, OwedCommand, SagaDocument, SendReport } from '../../api/documents.ts'
import { Card } from '../../parts/card.tsx'
import type { Deed } from '../../parts/deed.ts'
import { JsonTree } from '../../parts/json-tree.tsx'
import { Data } from '../../parts/text.tsx'
import { Ago, Clock, Until } from '../../parts/time.tsx'
import { counted } from '../../text/counted.ts'
import { dropDeadLetter, dropParked } from './deeds.tsx'

interface CommandsProps {
  readonly saga: SagaDocument
  readonly onDeed: ((deed: Deed) => void) | undefined
}

/** What the saga waits for, and the commands and events that it keeps. */
export function Commands({ saga, onDeed }: CommandsProps): VNode {
  const { waitingFor = [], owed = [], deadLetters = [], delivered = [], parked = [], timer } = saga
  return (
    <Card title="Waits for">
      <ul class="rows">
        <li>
          {waitingFor.length === 0 ? (
            <span class="muted">{saga.isFinal ? 'Nothing: this is an end.' : 'Its state lists no event.'}</span>
          ) : (
            <span class="pills">
              {waitingFor.map((event) => (
                <span key={event} class="event">
                  <bdi>{event.slice(0, 100)}</bdi>
                </span>
              ))}
            </span>
          )}
        </li>
        {timer !== undefined && (
          <li>
            <div class="grow">
              <b>timer</b> fires <Until at={timer.deadline} past="now" />{' '}
              <span class="muted">
                {timer.resends > 0 && `· ${counted(timer.resends, 'resend')} `}
                {timer.event !== undefined && `· then ${timer.event.slice(0, 100)}`}
              </span>
            </div>
          </li>
        )}
        {owed.map((command) => (
          <Owed key={command.id} command={command} />
        ))}
        {deadLetters.map((letter) => (
          <Dead
            key={`${letter.kind} ${letter.id} ${letter.label}`}
            letter={letter}
            onDrop={onDeed && (() => onDeed(dropDeadLetter(saga, letter)))}
          />
        ))}
        {delivered.map(({ id, label, channel, since, at, sends }) => (
          <li key={id}>
            <div class="grow">
              <Command label={label} channel={channel} />{' '}
              <span class="muted">
                delivered in {Math.max(0, Date.parse(at) - Date.parse(since))} ms, {counted(sends, 'send')} ·{' '}
                <Clock at={at} />
              </span>
            </div>
          </li>
        ))}
        {parked.map((one) => (
          <li key={`${one.event.id} ${one.event.label}`}>
            <div class="grow">
              <span class="event">
                <bdi>{one.event.label.slice(0, 100)}</bdi>
              </span>{' '}
              parked <Ago at={one.since} />{' '}
              <span class="muted">
                · expires <Until at={one.expires} past="now" />
              </span>
              <Payload value={one.event.payload} />
            </div>
            {onDeed && (
              <button type="button" onClick={() => onDeed(dropParked(saga, one))}>
                Drop…
              </button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Command({ label, channel }: { readonly label: string; readonly channel: string | undefined }): VNode {
  return (
    <>
      <b>
        ➜ <bdi>{label.slice(0, 120)}</bdi>
      </b>
      {channel !== undefined && (
        <span class="muted">
          {' · '}
          <bdi>{channel.slice(0, 80)}</bdi>
        </span>
      )}
    </>
  )
}

function Owed({ command }: { readonly command: OwedCommand }): VNode {
  const { label, channel, since, sends = 0, nextTry, last, isPaused } = command
  return (
    <li>
      <div class="grow">
        <Command label={label} channel={channel} /> owed <Ago at={since} />
        <p class="muted">
          {counted(sends, 'send')} so far ·{' '}
          {isPaused ? (
            'the channel is paused'
          ) : nextTry === undefined ? (
            'being sent'
          ) : (
            <>
              next try <Until at={nextTry} past="now" />
            </>
          )}
        </p>
        <Last last={last} />
      </div>
    </li>
  )
}

interface DeadProps {
  readonly letter: DeadLetter
  readonly onDrop: (() => void) | undefined
}

function Dead({ letter, onDrop }: DeadProps): VNode {
  const { kind, label, channel, why, attempts, since, last } = letter
  return (
    <li>
      <div class="grow">
        <Command label={label} channel={channel} /> <b class="bad-text">dead {kind}</b>{' '}
        <span class="muted">
          <Ago at={since} />
        </span>
        <p class="muted">
          {kind === 'command' && `${counted(attempts, 'attempt')} · `}
          <Data text={why} most={200} />
        </p>
        <Last last={last} />
        <Payload value={letter.body ?? letter.payload} />
      </div>
      {onDrop && (
        <button type="button" onClick={onDrop}>
          Drop…
        </button>
      )}
    </li>
  )
}

function Last({ last }: { readonly last: SendReport | undefined }): VNode | null {
  if (last === undefined) return null
  return (
    <p class="muted">
      last answer <b class="bad-text">{last.status ?? 'none'}</b>{' '}
      {last.answer !== undefined && <Data text={last.answer} most={200} code />} · <Clock at={last.at} />
    </p>
  )
}

function Payload({ value }: { readonly value: unknown }): VNode | null {
  if (value === undefined || JSON.stringify(value) === '{}') return null
  return (
    <details>
      <summary>payload</summary>
      <JsonTree value={value} />
    </details>
  )
}
