import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { BulkOperation } from '../../api/documents.ts'
import { useData } from '../../live/use-data.ts'
import { Card } from '../../parts/card.tsx'
import { Ago } from '../../parts/time.tsx'
import { numberText } from '../../text/counted.ts'

/** The newest bulk operations. */
export function Operations(): VNode | null {
  const { data } = useData<{ items: readonly BulkOperation[] }>('operations?limit=10', { every: 5000 })
  if (data === undefined || data.items.length === 0) return null
  return (
    <Card title="Operations on many sagas">
      <ul class="rows">
        {data.items.map(({ id, action, status, operator, reason, startedAt, counts }) => (
          <li key={id}>
            <div class="grow">
              <a href={addressOf(['operations', id])}>
                <b>{action}</b>
              </a>{' '}
              {status} · {numberText(sumOf(counts))} sagas{' '}
              <span class="muted">
                <Ago at={startedAt} /> by <bdi>{operator.slice(0, 60)}</bdi>: <bdi>{reason.slice(0, 120)}</bdi>
              </span>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** The sagas of all outcomes. */
export function sumOf(counts: BulkOperation['counts']): number {
  return Object.values(counts).reduce((all, one) => all + one, 0)
}
