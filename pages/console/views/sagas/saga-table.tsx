import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { Marks, SagaSummary } from '../../api/documents.ts'
import type { Machine } from '../../api/machine.ts'
import { Business } from '../../parts/business.tsx'
import { Line } from '../../parts/text.tsx'
import { Ago, Until } from '../../parts/time.tsx'
import { counted } from '../../text/counted.ts'

interface SagaTableProps {
  readonly items: readonly SagaSummary[]
  readonly machine: Machine
}

/** Sagas as rows; on a narrow page each row is a card. */
export function SagaTable({ items, machine }: SagaTableProps): VNode {
  return (
    <div class="sagas">
      <table>
        <thead>
          <tr>
            {['Saga', 'Entity', 'State', 'Business state', 'Last event', 'Waits', 'Moved'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((saga) => (
            <Row key={saga.sagaId} saga={saga} machine={machine} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ saga, machine }: { readonly saga: SagaSummary; readonly machine: Machine }): VNode {
  const { sagaId, associatedEntityId = '', currentState = '', latestEvent = '', marks = {} } = saga
  return (
    <tr>
      <th scope="row">
        <a href={addressOf(['sagas', sagaId])} title={sagaId.slice(0, 300)}>
          <bdi class="code id">{shortId(sagaId)}</bdi>
        </a>
      </th>
      {saga.unreadable !== undefined ? (
        <td colSpan={6} class="bad-text">
          damaged in the store: {saga.unreadable.slice(0, 200)}
        </td>
      ) : (
        <>
          <td>
            <Line text={associatedEntityId} />
          </td>
          <td>
            <Line text={currentState} />
          </td>
          <td>
            <Business machine={machine} id={saga.businessStateId} description={saga.businessStateDescription} />
          </td>
          <td class="muted">
            <Line text={latestEvent} />
          </td>
          <td>
            <MarkWords marks={marks} />
          </td>
          <td class="muted number">
            <Ago at={saga.stateSince ?? saga.updatedAt} />
          </td>
        </>
      )}
    </tr>
  )
}

function MarkWords({ marks }: { readonly marks: Marks }): VNode {
  const { owed, deadLetters, parked, timer, hold } = marks
  return (
    <span class="marks">
      {deadLetters !== undefined && <b class="bad-text">{counted(deadLetters, 'dead letter')}</b>}
      {owed !== undefined && <span>{counted(owed, 'command')} owed</span>}
      {parked !== undefined && <span>{parked} parked</span>}
      {hold !== undefined && <span>held</span>}
      {timer !== undefined && (
        <span>
          timer <Until at={timer} past="due" />
        </span>
      )}
    </span>
  )
}

/** The ends of a long id: its beginning names the service, its end the saga. */
function shortId(id: string): string {
  return id.length <= 23 ? id : `${id.slice(0, 12)}…${id.slice(-10)}`.toWellFormed()
}
