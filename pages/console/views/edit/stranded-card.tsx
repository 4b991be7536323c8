import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { Deploy } from '../../api/draft.ts'
import { Card } from '../../parts/card.tsx'
import { counted } from '../../text/counted.ts'
import type { ReadSagas } from './read-live-sagas.ts'
import { metStrandings, type MetStranding } from './stranded.ts'

interface StrandedCardProps {
  /** Absent where the text has no machine. */
  readonly deploy: Deploy | undefined
  readonly store: string
  readonly canList: boolean
  /** Absent until they are read, and where the store cannot list. */
  readonly live: ReadSagas | undefined
}

/** What the live sagas would meet if the text were deployed. */
export function StrandedCard({ deploy, store, canList, live }: StrandedCardProps): VNode {
  return (
    <Card title="Live sagas">
      <div class="inner strandings">
        {deploy === undefined ? (
          <p class="muted">The text has no machine to compare with.</p>
        ) : (
          <Strandings found={metStrandings(deploy, live)} isKnown={live?.states !== undefined} />
        )}
        {!canList && (
          <p class="muted">
            The store {store} cannot list or count sagas, so it is not known whether any stand in these states.
          </p>
        )}
        {live?.uncounted !== undefined && <p class="muted">The sagas are not counted: {live.uncounted}</p>}
      </div>
    </Card>
  )
}

function Strandings({ found, isKnown }: { readonly found: readonly MetStranding[]; readonly isKnown: boolean }): VNode {
  if (found.length === 0) {
    return (
      <p>{isKnown ? 'This change strands no saga.' : 'No state, event or channel of the running file is missing.'}</p>
    )
  }
  return (
    <ul>
      {found.map((one) => (
        <li
          key={`${one.kind} ${'state' in one ? one.state : one.channel}`}
          class={one.kind === 'moved' && one.events.length === 0 ? '' : 'stranding'}
        >
          <Words of={one} />
        </li>
      ))}
    </ul>
  )
}

function Words({ of: one }: { readonly of: MetStranding }): VNode {
  if (one.kind === 'channel') {
    return (
      <>
        <Sagas sagas={one.sagas} to={{ channel: one.channel }} /> with a command for <Name text={one.channel} />, a
        channel that this file lacks: the command waits. Keep the channel until it is sent.
      </>
    )
  }
  const sagas = <Sagas sagas={one.sagas} to={{ currentState: one.state }} />
  if (one.kind === 'moved') {
    return (
      <>
        {sagas} in <Name text={one.state} /> get the new name <Name text={one.to} /> with their next event
        {one.events.length > 0 && (
          <>
            , and would not be moved any more by <Names texts={one.events} />
          </>
        )}
        .
      </>
    )
  }
  if (one.kind === 'deaf') {
    return (
      <>
        {sagas} in <Name text={one.state} /> would not be moved any more by <Names texts={one.events} />.
      </>
    )
  }
  return one.isEnded ? (
    <>
      {sagas} in <Name text={one.state} />, an end that this file lacks: they have ended and wait for nothing.
    </>
  ) : (
    <>
      {sagas} in <Name text={one.state} />, a state that this file lacks: they are stranded. Their events get 503, on
      Kafka they are parked. Keep the state, give its new name in <code>settings.movedStates</code>, or move the sagas
      first.
    </>
  )
}

function Sagas({
  sagas,
  to,
}: {
  readonly sagas: MetStranding['sagas']
  readonly to: Readonly<Record<string, string>>
}): VNode {
  if (sagas === undefined) return <>Any sagas</>
  return <a href={addressOf(['sagas'], to)}>{sagas === 'some' ? 'Some sagas' : counted(sagas, 'saga')}</a>
}

function Names({ texts }: { readonly texts: readonly string[] }): VNode {
  return (
    <>
      {texts.slice(0, 6).map((text, at) => (
        <>
          {at > 0 && ', '}
          <Name text={text} />
        </>
      ))}
      {texts.length > 6 && ` and ${texts.length - 6} more`}
    </>
  )
}

function Name({ text }: { readonly text: string }): VNode {
  return (
    <b>
      <bdi>{text.slice(0, 120).toWellFormed()}</bdi>
    </b>
  )
}
