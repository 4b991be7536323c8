import type { VNode } from 'preact'
import type { Channel } from '../../api/documents.ts'
import { channelTrouble } from '../../parts/channel-words.ts'

/** The channels that do not deliver, each in a sentence. */
export function ChannelTroubles({ channels }: { readonly channels: readonly Channel[] }): VNode {
  return (
    <>
      {channels.map((channel) => {
        const found = channelTrouble(channel)
        if (found === undefined) return null
        return (
          <p key={channel.id} class="notice bad">
            Channel{' '}
            <b>
              <bdi>{channel.id.slice(0, 100)}</bdi>
            </b>{' '}
            is {found.word}. <bdi>{found.sentence.slice(0, 400)}</bdi> <a href="#/">Go to the channels</a>
          </p>
        )
      })}
    </>
  )
}
