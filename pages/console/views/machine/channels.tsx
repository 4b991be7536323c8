import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { addressOf } from '../../address.ts'
import type { Channel, Session } from '../../api/documents.ts'
import { useData } from '../../live/use-data.ts'
import { ActionDialog } from '../../parts/action-dialog.tsx'
import { Card } from '../../parts/card.tsx'
import { channelTrouble } from '../../parts/channel-words.ts'
import { Line } from '../../parts/text.tsx'
import { Ago } from '../../parts/time.tsx'
import { counted } from '../../text/counted.ts'
import { channelDeed } from './channel-deed.ts'

/** The channels: open, slow, down, paused; with the pause and its end. */
export function Channels({ session }: { readonly session: Session }): VNode {
  const channels = useData<{ items: readonly Channel[] }>('channels', { every: 4000 })
  const [asked, ask] = useState<Channel | undefined>(undefined)
  return (
    <Card title="Channels">
      {channels.refused && <p class="inner muted">{channels.refused.text}</p>}
      <ul class="rows">
        {channels.data?.items.length === 0 && <li class="muted">saga.json has no channels.</li>}
        {channels.data?.items.map((channel) => (
          <Row
            key={channel.id}
            channel={channel}
            canList={session.canList}
            onAsk={session.mayAct ? () => ask(channel) : undefined}
          />
        ))}
      </ul>
      {asked && <ActionDialog deed={channelDeed(asked)} onDone={channels.reload} onClose={() => ask(undefined)} />}
    </Card>
  )
}

interface RowProps {
  readonly channel: Channel
  readonly canList: boolean
  readonly onAsk: (() => void) | undefined
}

function Row({ channel, canList, onAsk }: RowProps): VNode {
  const { id, isPaused, pausedSince, waiting, underWay } = channel
  const trouble = channelTrouble(channel)
  const queue = [
    ...(underWay === undefined ? [] : [`${counted(underWay, 'send')} under way`]),
    ...(waiting === undefined ? [] : [`${waiting} waiting`]),
  ].join(' · ')
  return (
    <li>
      <div class="grow">
        <b>
          <Line text={id} />
        </b>{' '}
        <span class={trouble === undefined ? 'dot good' : 'dot bad-dot'}>{trouble?.word ?? 'open'}</span>
        {isPaused && (
          <span class="muted">
            {' '}
            <Ago at={pausedSince} />
          </span>
        )}
        <p class="muted">
          {trouble?.sentence ?? queue}{' '}
          {canList && <a href={addressOf(['sagas'], { has: 'owed', channel: id })}>Sagas that owe it a command</a>}
        </p>
      </div>
      {onAsk && (
        <button type="button" onClick={onAsk}>
          {isPaused ? 'Resume…' : 'Pause…'}
        </button>
      )}
    </li>
  )
}
