import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { addressOf } from '../../address.ts'
import type { Machine } from '../../api/machine.ts'
import type { PlayCommand } from '../../api/play.ts'
import { useData } from '../../live/use-data.ts'
import { ActionDialog } from '../../parts/action-dialog.tsx'
import { go } from '../../route.ts'
import type { Service } from '../../service.ts'
import { answerDeed } from './answer-deed.ts'
import { Participants } from './participants.tsx'
import { WaitingCommands } from './waiting-commands.tsx'

interface PlayViewProps {
  readonly service: Service
  /** The command whose dialog is open: a place of its own. */
  readonly commandId: string | undefined
  readonly event: string | undefined
}

/** The play: commands that wait for an answer by hand, and the participants. */
export function PlayView({ service, commandId, event }: PlayViewProps): VNode {
  const { machine } = service
  const ask = ({ id }: PlayCommand, label?: string) => go(addressOf(['play', String(id)], { event: label }))
  return (
    <>
      <h1 class="unseen">Play</h1>
      {commandId !== undefined && <AskedCommand key={commandId} {...{ machine, commandId, event }} />}
      <div class="columns">
        <WaitingCommands machine={machine} onAsk={ask} />
        <Participants />
      </div>
    </>
  )
}

interface AskedProps {
  readonly machine: Machine
  readonly commandId: string
  readonly event: string | undefined
}

/** The dialog of a command that waits, or a sentence where it waits no longer. */
function AskedCommand({ machine, commandId, event }: AskedProps): VNode | null {
  const { data, refused } = useData<PlayCommand>(`play/commands/${encodeURIComponent(commandId)}`)
  const deed = useMemo(() => data && answerDeed(machine, data, event), [data, event])
  if (deed !== undefined) return <ActionDialog deed={deed} onDone={() => undefined} onClose={() => go('#/play')} />
  return refused === undefined ? null : (
    <p class="notice">
      The command {commandId.slice(0, 20)} waits no longer. <a href="#/play">All that wait</a>
    </p>
  )
}
