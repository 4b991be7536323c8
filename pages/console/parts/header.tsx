import type { VNode } from 'preact'
import type { Place } from '../address.ts'
import type { Channel, Session } from '../api/documents.ts'
import { useData } from '../live/use-data.ts'
import { useNarrow } from '../live/use-narrow.ts'
import { channelTrouble } from './channel-words.ts'

interface HeaderProps {
  readonly current: Place
  readonly session: Session | undefined
}

const SECTIONS = [
  { path: '', name: 'Machine' },
  { path: 'sagas', name: 'Sagas' },
  { path: 'trouble', name: 'Trouble' },
  { path: 'edit', name: 'Edit' },
] as const

/** Name, places, and the state of the service in one line. */
export function Header({ current, session }: HeaderProps): VNode {
  const channels = useData<{ items: readonly Channel[] }>(session && 'channels', { every: 10_000 })
  const [section = ''] = current.segments
  return (
    <header class="top">
      <a class="brand" href="#/">
        <span aria-hidden="true">◗</span> Batuta
      </a>
      <nav aria-label="Places">
        {SECTIONS.map(({ path, name }) => (
          <a key={path} href={`#/${path}`} aria-current={isAt(section, path) ? 'page' : undefined}>
            {name}
          </a>
        ))}
        {session?.isPlay && (
          <a href="#/play" aria-current={isAt(section, 'play') ? 'page' : undefined}>
            Play
          </a>
        )}
        <a href="documentation">API</a>
        {session?.mayAct && (
          <a href="#/create" aria-current={isAt(section, 'create') ? 'page' : undefined}>
            Create
          </a>
        )}
      </nav>
      <p class="facts">
        <ChannelFacts channels={channels.data?.items ?? []} />
        {session && (
          <>
            {!session.mayAct && <span>reads only</span>}
            <span>store {session.store}</span>
            <span>v{session.version}</span>
          </>
        )}
      </p>
    </header>
  )
}

function isAt(section: string, path: string): boolean {
  return section === path || (path === 'trouble' && section === 'operations')
}

/** Each channel where there are few, else their number; those in trouble always. */
function ChannelFacts({ channels }: { readonly channels: readonly Channel[] }): VNode {
  const most = useNarrow() ? 1 : 3
  const open = channels.filter((channel) => channelTrouble(channel) === undefined)
  const isShort = open.length > most
  const shown = isShort ? channels.filter((channel) => !open.includes(channel)) : channels
  return (
    <>
      {isShort && <span class="dot good">{open.length} channels open</span>}
      {shown.map((channel) => (
        <ChannelFact key={channel.id} channel={channel} />
      ))}
    </>
  )
}

function ChannelFact({ channel }: { readonly channel: Channel }): VNode {
  const trouble = channelTrouble(channel)
  return (
    <span class={trouble === undefined ? 'dot good' : 'dot bad-dot'}>
      <bdi>{channel.id.slice(0, 40)}</bdi> {trouble?.word ?? 'open'}
    </span>
  )
}
