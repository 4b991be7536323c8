import type { VNode } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { encoded } from '../../address.ts'
import type { SagaDocument } from '../../api/documents.ts'
import type { Service } from '../../service.ts'
import type { StreamState } from '../../live/event-stream.ts'
import { useSagaStream } from '../../live/saga-stream.ts'
import { useData } from '../../live/use-data.ts'
import { ActionDialog } from '../../parts/action-dialog.tsx'
import { Business } from '../../parts/business.tsx'
import { Card } from '../../parts/card.tsx'
import type { Deed } from '../../parts/deed.ts'
import { Copy } from '../../parts/text.tsx'
import { Ago } from '../../parts/time.tsx'
import { MachineList } from '../../picture/machine-list.tsx'
import { Picture } from '../../picture/picture.tsx'
import { curlOf } from '../../text/curl.ts'
import { answerDeed } from '../play/answer-deed.ts'
import { WaitingCommands } from '../play/waiting-commands.tsx'
import { Actions } from './actions.tsx'
import { Commands } from './commands.tsx'
import { MetadataCard } from './metadata-card.tsx'
import { Timeline } from './timeline.tsx'
import { TroubleLines } from './trouble-lines.tsx'

interface SagaViewProps {
  readonly service: Service
  readonly sagaId: string
}

/** Milliseconds between two reads: without a stream, beside one, and after the end of the saga. */
const PACES: Readonly<Record<StreamState, number>> = { none: 2000, live: 10_000, over: 15_000 }
const STREAM_WORDS: Readonly<Record<StreamState, string>> = { none: 'read every 2 s', live: 'live', over: 'over' }

/** One saga, live. */
export function SagaView({ service, sagaId }: SagaViewProps): VNode {
  const path = `sagas/${encoded(sagaId)}`
  const [pace, setPace] = useState(PACES.none)
  const { data: saga, refused, reload } = useData<SagaDocument>(path, { every: pace })
  const step = saga && saga.history.events.length - 1
  const stream = useSagaStream({ path, step, onChange: reload })
  useEffect(() => setPace(PACES[stream]), [stream])
  const [deed, setDeed] = useState<Deed | undefined>(undefined)
  if (saga === undefined) {
    return refused === undefined ? (
      <p class="loading">Reading the saga …</p>
    ) : (
      <Missing sagaId={sagaId} text={refused.text} />
    )
  }
  return (
    <>
      {refused !== undefined && <p class="notice bad">{refused.text}</p>}
      <Heading saga={saga} service={service} stream={stream} path={path} />
      {service.session.mayAct && <Actions saga={saga} machine={service.machine} onDeed={setDeed} />}
      {service.session.isPlay && (
        <WaitingCommands
          machine={service.machine}
          sagaId={sagaId}
          onAsk={(command, event) => setDeed(answerDeed(service.machine, command, event))}
        />
      )}
      <TroubleLines saga={saga} onDeed={service.session.mayAct ? setDeed : undefined} />
      <Body saga={saga} service={service} path={path} onDeed={setDeed} />
      {deed && <ActionDialog deed={deed} about={aboutOf(saga)} onDone={reload} onClose={() => setDeed(undefined)} />}
    </>
  )
}

/** The saga of a dialog, which may lie over its page. */
function aboutOf({ sagaId, associatedEntityId, currentState }: SagaDocument): string {
  return `${(associatedEntityId || sagaId).slice(0, 80)} · in ${currentState.slice(0, 80)}`
}

function Missing({ sagaId, text }: { readonly sagaId: string; readonly text: string }): VNode {
  return (
    <>
      <h1 class="code">
        <bdi>{sagaId.slice(0, 200)}</bdi>
      </h1>
      <p class="notice bad">
        {text} <a href="#/sagas">Go to the sagas</a>
      </p>
    </>
  )
}

interface HeadingProps extends Pick<SagaViewProps, 'service'> {
  readonly saga: SagaDocument
  readonly stream: StreamState
  readonly path: string
}

function Heading({ saga, service, stream, path }: HeadingProps): VNode {
  const created = saga.history.events[0]?.timestamp
  return (
    <div class="heading">
      <h1 class="code">
        <bdi>{saga.sagaId.slice(0, 300)}</bdi>
      </h1>
      <Business machine={service.machine} id={saga.businessStateId} description={saga.businessStateDescription} />
      <p class="muted">
        entity <bdi class="ink">{saga.associatedEntityId.slice(0, 200) || '–'}</bdi> · in{' '}
        <bdi class="ink">{saga.currentState.slice(0, 200)}</bdi>
        {saga.isFinal && ', its end'} · moved <Ago at={saga.history.states.at(-1)?.timestamp} />
        {created !== undefined && (
          <>
            {' '}
            · created <Ago at={created} />
          </>
        )}{' '}
        · <span class={stream === 'live' ? 'dot good' : 'dot'}>{STREAM_WORDS[stream]}</span>
      </p>
      <div class="buttons">
        <Copy text={saga.sagaId} label="Copy id" />
        <Copy text={curlOf({ method: 'GET', path })} label="Copy as curl" />
      </div>
    </div>
  )
}

interface BodyProps extends Pick<SagaViewProps, 'service'> {
  readonly saga: SagaDocument
  readonly path: string
  readonly onDeed: (deed: Deed) => void
}

function Body({ saga, service, path, onDeed }: BodyProps): VNode {
  const { machine, session } = service
  const steps = saga.history.events.length
  const [isDrawn, setDrawn] = useState(false)
  const version = useMemo(() => `${steps} ${saga.currentState}`, [steps, saga.currentState])
  return (
    <>
      <Card title="Where it is" class="wide">
        <Picture
          path={`${path}/machine.svg`}
          version={version}
          onReady={() => setDrawn(true)}
          label="Picture of the path through the machine. The history below has the same."
          fallback={<MachineList machine={machine} current={saga.currentState} />}
        />
      </Card>
      {isDrawn && (
        <div class="columns">
          <Timeline saga={saga} machine={machine} />
          <div>
            <Commands saga={saga} onDeed={session.mayAct ? onDeed : undefined} />
            <MetadataCard saga={saga} />
          </div>
        </div>
      )}
    </>
  )
}
