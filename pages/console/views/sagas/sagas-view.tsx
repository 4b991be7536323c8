import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { Channel, SagaPage } from '../../api/documents.ts'
import type { Service } from '../../service.ts'
import { useData } from '../../live/use-data.ts'
import { Card } from '../../parts/card.tsx'
import { Notice } from '../../parts/text.tsx'
import { go } from '../../route.ts'
import { Filters } from './filters.tsx'
import { IdSearch } from './id-search.tsx'
import { listPath } from './list-path.ts'
import { SagaTable } from './saga-table.tsx'

interface SagasViewProps {
  readonly service: Service
  readonly query: Readonly<Record<string, string>>
}

/** The sagas of the store, newest first. */
export function SagasView({ service, query }: SagasViewProps): VNode {
  const { session, machine } = service
  const isFirst = query['cursor'] === undefined
  const page = useData<SagaPage>(session.canList ? listPath(query) : undefined, isFirst ? { every: 3000 } : {})
  const channels = useData<{ items: readonly Channel[] }>('channels')
  if (!session.canList) {
    return (
      <>
        <h1>Sagas</h1>
        <Notice>The store {session.store} cannot list its sagas. A saga is found by its id.</Notice>
        <Card title="Find a saga">
          <div class="inner">
            <IdSearch canList={false} />
          </div>
        </Card>
      </>
    )
  }
  const { next, items } = page.data ?? {}
  return (
    <>
      <h1 class="unseen">Sagas</h1>
      <Card title="Sagas" aside={<IdSearch canList entity={query['associatedEntityId']} />} class="wide">
        <Filters machine={machine} channels={channels.data?.items} query={query} />
        {page.refused && <p class="notice bad">{page.refused.text}</p>}
        {items === undefined && page.refused === undefined && <p class="loading">Reading the sagas …</p>}
        {items !== undefined && <SagaTable items={items} machine={machine} />}
        {items?.length === 0 && <Nothing hasFilters={hasFilters(query)} mayAct={session.mayAct} />}
        {items !== undefined && (items.length > 0 || !isFirst) && <Paging query={query} next={next} />}
      </Card>
    </>
  )
}

interface NothingProps {
  readonly hasFilters: boolean
  readonly mayAct: boolean
}

function Nothing({ hasFilters: isFiltered, mayAct }: NothingProps): VNode {
  if (isFiltered) return <p class="inner muted">No saga fits these filters.</p>
  return <p class="inner muted">There is no saga yet. {mayAct && <a href="#/create">Create one</a>}</p>
}

function hasFilters(query: Readonly<Record<string, string>>): boolean {
  return Object.keys(query).length > 0
}

interface PagingProps {
  readonly query: Readonly<Record<string, string>>
  readonly next: string | undefined
}

function Paging({ query, next }: PagingProps): VNode {
  const isFirst = query['cursor'] === undefined
  return (
    <nav class="paging" aria-label="Pages of sagas">
      <button type="button" disabled={isFirst} onClick={() => history.back()}>
        Newer
      </button>
      <button
        type="button"
        disabled={next === undefined}
        onClick={() => go(addressOf(['sagas'], { ...query, cursor: next }))}
      >
        Older
      </button>
      {!isFirst && <a href={addressOf(['sagas'], { ...query, cursor: undefined })}>Newest</a>}
    </nav>
  )
}
