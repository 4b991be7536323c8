import type { VNode } from 'preact'
import type { MachineCommand, MachineState } from '../../api/machine.ts'

const MOST = 6
const ONCE = 'A side effect is sent once, when its state is entered. The service does not keep how it ended.'

/** The messages of a step, as the machine has them now: the command, and the side effects, of which no saga keeps anything. */
export function StepCommands({ state }: { readonly state: MachineState | undefined }): VNode | null {
  if (state === undefined) return null
  const { outputCommand, sideEffects = [] } = state
  const shown = sideEffects.slice(0, MOST)
  return (
    <>
      {outputCommand !== undefined && (
        <p class="muted">
          ➜ <Name command={outputCommand} />
        </p>
      )}
      {shown.length > 0 && (
        <p class="muted" title={ONCE}>
          ⇢{' '}
          {shown.map((command, at) => (
            <span key={at}>
              {at > 0 && ', '}
              <Name command={command} />
            </span>
          ))}
          {sideEffects.length > shown.length && ` and ${sideEffects.length - shown.length} more`}{' '}
          <small>{sideEffects.length === 1 ? 'side effect' : 'side effects'}, tried once and not tracked</small>
        </p>
      )}
    </>
  )
}

function Name({ command: { label, channel } }: { readonly command: MachineCommand }): VNode {
  return (
    <>
      <bdi>{label.slice(0, 120)}</bdi>
      {channel !== undefined && (
        <>
          {' · '}
          <bdi>{channel.slice(0, 80)}</bdi>
        </>
      )}
    </>
  )
}
