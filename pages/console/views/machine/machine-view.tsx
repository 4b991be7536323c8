import type { VNode } from 'preact'
import { useCallback, useMemo, useState } from 'preact/hooks'
import { addressOf } from '../../address.ts'
import type { SagaPage, StateNumbers } from '../../api/documents.ts'
import { PATHS } from '../../api/paths.ts'
import type { Service } from '../../service.ts'
import { useServiceStream } from '../../live/service-stream.ts'
import { useData } from '../../live/use-data.ts'
import { Card } from '../../parts/card.tsx'
import { Notice } from '../../parts/text.tsx'
import type { Chosen } from '../../picture/highlight.ts'
import { MachineList } from '../../picture/machine-list.tsx'
import { Picture } from '../../picture/picture.tsx'
import { go } from '../../route.ts'
import { numberText } from '../../text/counted.ts'
import { Channels } from './channels.tsx'
import { litOf, soughtOf } from './lit.ts'
import { Search } from './search.tsx'
import { StateTable } from './state-table.tsx'
import { Tiles } from './tiles.tsx'

interface MachineViewProps {
  readonly service: Service
  readonly query: Readonly<Record<string, string>>
}

/** The machine with the sagas on it. */
export function MachineView({ service, query }: MachineViewProps): VNode {
  const { machine, session } = service
  const page = useData<SagaPage>(session.canList ? PATHS.counts : undefined, { every: 3000 })
  const counts = page.data?.counts
  const pills = useMemo(() => pillsOf(counts), [counts])
  const { state, event, q } = query
  const lit = useMemo(() => litOf(machine, { state, event, q }), [machine, state, event, q])
  const sought = useMemo(() => soughtOf(machine, { state, event, q }), [machine, state, event, q])
  const [entered, setEntered] = useState<readonly string[]>([])
  useServiceStream(setEntered)
  const [isDrawn, setDrawn] = useState(false)
  const choose = useCallback(
    (chosen: Chosen | undefined) => {
      const isSame = chosen !== undefined && JSON.stringify(chosen) === JSON.stringify(chosenOf(query))
      go(addressOf([], isSame ? {} : { ...chosen }))
    },
    [query],
  )
  return (
    <>
      <h1 class="unseen">Machine</h1>
      <Tiles counts={counts} machine={machine} canCount={session.canList && page.data?.uncounted === undefined} />
      <Card title="Machine" aside={<Search machine={machine} query={query} />} class="wide">
        <Picture
          path={PATHS.picture}
          label="Picture of the machine. Arrow keys go from part to part. The table below has the same."
          pills={pills}
          lit={lit}
          sought={sought}
          entered={entered}
          onChoose={choose}
          onReady={() => setDrawn(true)}
          fallback={<MachineList machine={machine} onChoose={choose} />}
        />
        {(state ?? event) !== undefined && <ChosenLine query={query} canList={session.canList} />}
      </Card>
      {page.data?.uncounted !== undefined && <Notice>The sagas are not counted: {page.data.uncounted}</Notice>}
      {!session.canList && (
        <Notice>
          The store {session.store} cannot list or count sagas, so no numbers stand on the states. A saga is found by
          its id.
        </Notice>
      )}
      {isDrawn && (
        <div class="columns">
          <StateTable machine={machine} counts={counts} hasNumbers={session.canList} />
          <Channels session={session} />
        </div>
      )}
    </>
  )
}

interface ChosenLineProps extends Pick<MachineViewProps, 'query'> {
  readonly canList: boolean
}

function ChosenLine({ query, canList }: ChosenLineProps): VNode {
  const { state, event } = query
  return (
    <p class="chosen">
      {state === undefined ? 'Event ' : 'State '}
      <b>
        <bdi>{(state ?? event ?? '').slice(0, 200)}</bdi>
      </b>
      : its paths as far as the first fork.{' '}
      {state !== undefined && canList && <a href={addressOf(['sagas'], { currentState: state })}>Its sagas</a>}{' '}
      <a href="#/">Show everything</a>
    </p>
  )
}

function chosenOf({ state, event }: Readonly<Record<string, string>>): Chosen | undefined {
  if (state !== undefined) return { state }
  return event === undefined ? undefined : { event }
}

function pillsOf(counts: readonly StateNumbers[] | undefined): ReadonlyMap<string, string> {
  return new Map((counts ?? []).map(({ state, total }) => [state, numberText(total)]))
}
