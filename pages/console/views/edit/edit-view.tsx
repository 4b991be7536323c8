import type { VNode } from 'preact'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { addressOf } from '../../address.ts'
import type { Deploy, Draft } from '../../api/draft.ts'
import { useData } from '../../live/use-data.ts'
import { useTask } from '../../live/use-task.ts'
import { Notice } from '../../parts/text.tsx'
import type { Chosen } from '../../picture/highlight.ts'
import type { Service } from '../../service.ts'
import { numberText } from '../../text/counted.ts'
import { DraftPicture } from './draft-picture.tsx'
import { Editor } from './editor.tsx'
import { Findings } from './findings.tsx'
import { partAt, partNaming, type TextPart } from './places.ts'
import { readLiveSagas, type ReadSagas } from './read-live-sagas.ts'
import { startText } from './start-text.ts'
import { StrandedCard } from './stranded-card.tsx'
import { useDraft } from './use-draft.ts'
import { WatchedFile } from './watched-file.tsx'

/** The text of this tab: it survives a look at another place, and not the end of the tab. */
const kept: { text?: string } = {}

interface EditViewProps {
  readonly service: Service
  readonly query: Readonly<Record<string, string>>
}

/** A saga.json as it is typed, with its picture, its findings, and what it would mean for the live sagas. Nothing is saved. */
export function EditView({ service, query }: EditViewProps): VNode {
  const { watches } = service.session
  const running = useData<unknown>('configuration')
  if (running.data === undefined) return <p class="loading">{running.refused?.text ?? 'Reading the running file …'}</p>
  const isWatched = watches !== undefined && query['watch'] !== undefined
  return (
    <>
      <h1 class="unseen">Edit and see</h1>
      {watches !== undefined && (
        <Notice>
          {isWatched ? 'Each change of ' : 'The service watches '}
          <b>
            <bdi>{watches.slice(0, 200)}</bdi>
          </b>
          {isWatched ? ' is shown here as it is saved. ' : '. '}
          <a href={addressOf(['edit'], isWatched ? {} : { watch: 'file' })}>
            {isWatched ? 'Type a text here' : 'Show each of its changes'}
          </a>
        </Notice>
      )}
      {isWatched ? (
        <WatchedFile>{(draft) => <Results service={service} draft={draft} />}</WatchedFile>
      ) : (
        <Typed service={service} running={running.data} />
      )}
    </>
  )
}

interface TypedProps {
  readonly service: Service
  readonly running: unknown
}

function Typed({ service, running }: TypedProps): VNode {
  const [text, setText] = useState(() => kept.text ?? startText(running))
  const [part, setPart] = useState<TextPart>()
  const checked = useDraft(text)
  useEffect(() => void (kept.text = text), [text])
  const choose = useCallback(
    (chosen: Chosen | undefined) => {
      if (chosen === undefined) return
      const named = 'state' in chosen ? { key: 'id', name: chosen.state } : { key: 'inputEvent', name: chosen.event }
      setPart(partNaming(text, named))
    },
    [text],
  )
  const editor = <Editor text={text} onText={setText} onAgain={() => setText(startText(running))} part={part} />
  return (
    <>
      {checked.refused !== undefined && <Notice isBad>{checked.refused}</Notice>}
      <Results
        service={service}
        draft={checked.draft}
        editor={editor}
        onChoose={choose}
        onPlace={({ line = 1, column = 1 }) => setPart(partAt(text, { line, column }))}
      />
    </>
  )
}

interface ResultsProps {
  readonly service: Service
  readonly draft: Draft | undefined
  readonly editor?: VNode
  readonly onChoose?: (chosen: Chosen | undefined) => void
  readonly onPlace?: Parameters<typeof Findings>[0]['onPlace']
}

function Results({ service, draft, editor, onChoose, onPlace }: ResultsProps): VNode {
  const { session } = service
  const live = useLiveSagas(session.canList, draft?.deploy)
  const pills = useMemo(() => pillsOf(live), [live])
  return (
    <div class={editor === undefined ? '' : 'columns edit'}>
      {editor !== undefined && <div>{editor}</div>}
      <div>
        <DraftPicture draft={draft} pills={pills} onChoose={onChoose} />
        <Findings draft={draft} onPlace={onPlace} />
        <StrandedCard deploy={draft?.deploy} store={session.store} canList={session.canList} live={live} />
      </div>
    </div>
  )
}

/** The sagas that a draft may strand, read again while the page is open; undefined where the store cannot list. */
function useLiveSagas(canList: boolean, deploy: Deploy | undefined): ReadSagas | undefined {
  const found = deploy?.strandings ?? []
  const asked = {
    states: found.flatMap((one) => ('state' in one ? [one.state] : [])),
    channels: found.flatMap((one) => ('channel' in one ? [one.channel] : [])),
  }
  return useTask<ReadSagas | undefined>({
    key: JSON.stringify(asked),
    run: async (signal) => (canList ? readLiveSagas(asked, signal) : undefined),
    every: 5000,
  })
}

function pillsOf(live: ReadSagas | undefined): ReadonlyMap<string, string> {
  const known = [...(live?.states ?? [])].flatMap(([state, count]) =>
    typeof count === 'number' ? [[state, numberText(count)] as const] : [],
  )
  return new Map(known)
}
