import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { encoded } from '../../address.ts'
import type { BulkOperation } from '../../api/documents.ts'
import type { Service } from '../../service.ts'
import { useObserved } from '../../live/signal.ts'
import { useData } from '../../live/use-data.ts'
import { ActionDialog } from '../../parts/action-dialog.tsx'
import { Card } from '../../parts/card.tsx'
import type { Deed } from '../../parts/deed.ts'
import { Notice } from '../../parts/text.tsx'
import { Ago } from '../../parts/time.tsx'
import { place } from '../../route.ts'
import { counted, numberText } from '../../text/counted.ts'
import { BulkItems } from './bulk-items.tsx'
import { sumOf } from './operations.tsx'

interface OperationViewProps {
  readonly service: Service
  readonly operationId: string
}

const RUNNING = 700

/** A bulk operation: its progress, and one result a saga. */
export function OperationView({ service, operationId }: OperationViewProps): VNode {
  const { query } = useObserved(place)
  const [after, setAfter] = useState<string | undefined>(undefined)
  const [isAsked, ask] = useState(false)
  const [hasEnded, setEnded] = useState(false)
  const page = after === undefined ? '' : `&after=${encoded(after)}`
  const path = `operations/${encoded(operationId)}`
  const { data, refused, reload } = useData<BulkOperation>(
    `${path}?limit=100${page}`,
    hasEnded ? {} : { every: RUNNING },
  )
  if (data === undefined) return <p class="loading">{refused?.text ?? 'Reading the operation …'}</p>
  if (data.status !== 'running' && !hasEnded) setEnded(true)
  const { status, action, operator, reason, startedAt, items = [], next } = data
  return (
    <>
      <div class="heading">
        <h1>
          {action} <span class="muted">{status}</span>
        </h1>
        <p class="muted">
          <Ago at={startedAt} /> by <bdi>{operator.slice(0, 60)}</bdi>: <bdi>{reason.slice(0, 300)}</bdi>
        </p>
        {status === 'running' && service.session.mayAct && (
          <button type="button" onClick={() => ask(true)}>
            Stop it…
          </button>
        )}
      </div>
      <Progress operation={data} of={Number(query['of'])} />
      {!data.kept && <Notice>The store has no place for operations: this one ends with the process.</Notice>}
      <Card title="Results" aside={<a href="#/trouble">Back to the trouble</a>}>
        <BulkItems items={items} />
        {items.length === 0 && <p class="inner muted">No result yet.</p>}
        <nav class="paging" aria-label="Pages of results">
          <button type="button" disabled={after === undefined} onClick={() => setAfter(undefined)}>
            First
          </button>
          <button type="button" disabled={next === undefined} onClick={() => setAfter(next)}>
            More
          </button>
        </nav>
      </Card>
      {isAsked && <ActionDialog deed={stopDeed(path)} onDone={reload} onClose={() => ask(false)} />}
    </>
  )
}

function Progress({ operation, of }: { readonly operation: BulkOperation; readonly of: number }): VNode {
  const { counts, status } = operation
  const done = sumOf(counts)
  const all = status === 'running' ? Math.max(of || 0, done) : done
  return (
    <div class="progress">
      <progress max={Math.max(1, all)} value={status === 'running' ? done : Math.max(1, all)} aria-label="Progress" />
      <p role="status">
        {status === 'running' && all > 0 ? `${numberText(done)} of ${counted(all, 'saga')}` : counted(done, 'saga')}
        {Object.entries(counts).map(([outcome, count]) => (
          <span key={outcome} class={count > 0 && outcome !== 'done' && outcome !== 'repeated' ? 'bad-text' : 'muted'}>
            {' '}
            · {numberText(count)} {outcome}
          </span>
        ))}
      </p>
    </div>
  )
}

function stopDeed(path: string): Deed {
  return {
    title: 'Stop the operation',
    effect: 'No further saga is changed. What is done stays done.',
    verb: 'Stop',
    hasTrial: false,
    request: () => ({ method: 'DELETE', path }),
  }
}
