import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { BulkItem } from '../../api/documents.ts'
import { detailWords } from '../../api/outcome-words.ts'

const WORDS: Readonly<Record<BulkItem['outcome'], string>> = {
  done: 'done',
  repeated: 'done before',
  conflict: 'not done: others were always faster',
  refused: 'refused',
  unknown: 'gone meanwhile',
}

/** One result a saga. */
export function BulkItems({ items }: { readonly items: readonly BulkItem[] }): VNode {
  return (
    <ul class="results">
      {items.map(({ sagaId, outcome, why, details = {} }) => (
        <li key={sagaId}>
          <a class="code" href={addressOf(['sagas', sagaId])}>
            <bdi>{sagaId.length > 30 ? `…${sagaId.slice(-26)}`.toWellFormed() : sagaId}</bdi>
          </a>{' '}
          <b class={outcome === 'done' || outcome === 'repeated' ? '' : 'bad-text'}>{WORDS[outcome]}</b>{' '}
          <span class="muted">
            <bdi>{(why ?? detailWords(details).join(' ')).slice(0, 200)}</bdi>
          </span>
        </li>
      ))}
    </ul>
  )
}
