import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { addressOf } from '../../address.ts'
import { act } from '../../api/act.ts'
import type { Machine } from '../../api/machine.ts'
import type { PlayCommand, PlayCommands } from '../../api/play.ts'
import { useData } from '../../live/use-data.ts'
import { useSaid } from '../../live/use-said.ts'
import { Card } from '../../parts/card.tsx'
import { JsonTree } from '../../parts/json-tree.tsx'
import { Ago } from '../../parts/time.tsx'
import { counted } from '../../text/counted.ts'
import { choicesOf, pathOf } from './answer-deed.ts'

/** Commands of the page at once. */
const MOST = 20
const EVERY = 1500

interface WaitingProps {
  readonly machine: Machine
  /** Absent: those of every saga. */
  readonly sagaId?: string | undefined
  /** Asks for a payload before it answers. */
  readonly onAsk: (command: PlayCommand, event?: string) => void
}

/** The commands that wait for an answer by hand, oldest first: a click on an event answers. */
export function WaitingCommands({ machine, sagaId, onAsk }: WaitingProps): VNode {
  const path = addressOf(['play', 'commands'], { sagaId, limit: String(MOST) }).slice(2)
  const { data, reload } = useData<PlayCommands>(path, { every: EVERY })
  const [said, say] = useSaid()
  const status = useRef<HTMLSpanElement>(null)
  const send = async (command: PlayCommand, event?: string) => {
    const { words } = await (event === undefined ? forget(command) : answer(command, event))
    say(words.join(' '))
    status.current?.focus()
    reload()
  }
  const { commands = [], total = 0 } = data ?? {}
  return (
    <Card
      title="Waits for an answer by hand"
      aside={
        <span class="muted">
          <span role="status" tabIndex={-1} ref={status}>
            <bdi>{said.slice(0, 400)}</bdi>
          </span>{' '}
          {counted(total, 'command')}
        </span>
      }
    >
      <ul class="rows">
        {commands.map((command) => (
          <Waiting key={command.id} {...{ machine, command, onAsk, send }} hasSaga={sagaId === undefined} />
        ))}
        {data !== undefined && total === 0 && <Nothing isAll={sagaId === undefined} />}
        {total > commands.length && <li class="muted">and {counted(total - commands.length, 'command')} more</li>}
      </ul>
    </Card>
  )
}

function answer(command: PlayCommand, event: string) {
  return act({ method: 'POST', path: pathOf(command), body: JSON.stringify({ event }) })
}

async function forget(command: PlayCommand) {
  const ended = await act({ method: 'DELETE', path: pathOf(command) })
  return ended.isDone ? { words: [`${command.label} gets no answer; its saga waits on.`] } : ended
}

function Nothing({ isAll }: { readonly isAll: boolean }): VNode {
  if (!isAll) return <li class="muted">No command of this saga waits.</li>
  return (
    <li class="muted">
      <span>
        No command waits. <a href="#/create">Create a saga</a>
      </span>
    </li>
  )
}

interface RowProps extends Pick<WaitingProps, 'machine' | 'onAsk'> {
  readonly command: PlayCommand
  readonly hasSaga: boolean
  /** Without an event the command gets no answer. */
  readonly send: (command: PlayCommand, event?: string) => Promise<void>
}

function Waiting({ machine, command, hasSaga, onAsk, send }: RowProps): VNode {
  const { label, channel, state = '', sagaId, since, payload } = command
  const entity = command.associatedEntityId || sagaId
  return (
    <li class="waiting">
      <div class="grow">
        <b>
          ➜ <bdi>{label.slice(0, 120)}</bdi>
        </b>
        <span class="muted">
          {' · '}
          <bdi>{channel.slice(0, 80)}</bdi> in <bdi>{state.slice(0, 80)}</bdi>, <Ago at={since} />
        </span>
        {hasSaga && (
          <p>
            <a href={addressOf(['sagas', sagaId])}>
              <bdi>{entity.slice(0, 60)}</bdi>
            </a>
          </p>
        )}
        <details>
          <summary>payload</summary>
          <JsonTree value={payload} />
        </details>
      </div>
      <div class="answers buttons" role="group" aria-label={`Answer ${label.slice(0, 100)} of ${entity.slice(0, 100)}`}>
        {choicesOf(machine, command).map(({ event, wantsPayload, isTimeout }) => (
          <button
            key={event}
            type="button"
            class={isTimeout ? '' : 'offered'}
            title={isTimeout ? 'the event of the timeout, which the clock sends' : undefined}
            onClick={() => (wantsPayload ? onAsk(command, event) : void send(command, event))}
          >
            <bdi>{event.slice(0, 60)}</bdi>
            {wantsPayload && '…'}
          </button>
        ))}
        <button type="button" onClick={() => onAsk(command)}>
          With a payload…
        </button>
        <button type="button" class="quiet" onClick={() => void send(command)}>
          No answer
        </button>
      </div>
    </li>
  )
}
