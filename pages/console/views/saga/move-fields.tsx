import type { ComponentType, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Machine } from '../../api/machine.ts'
import type { FieldsProps } from '../../parts/deed.ts'

const A_STATE = 'Choose the state.'

/** The target of a move, with or without its command. */
export function moveFields(machine: Machine): ComponentType<FieldsProps> {
  return function MoveFields({ onDraft }: FieldsProps): VNode {
    const [state, setState] = useState('')
    const [command, setCommand] = useState(false)
    useEffect(() => {
      onDraft(state === '' ? { problem: A_STATE } : { body: JSON.stringify({ state, command }) })
    }, [state, command, onDraft])
    return (
      <>
        <StateChoice states={machine.states.map(({ id }) => id)} state={state} onState={setState} />
        <label class="check">
          <input type="checkbox" checked={command} onChange={(event) => setCommand(event.currentTarget.checked)} />
          Send the command and the side effects of the state
        </label>
      </>
    )
  }
}

/** The final state of a cancellation. */
export function cancelFields(machine: Machine): ComponentType<FieldsProps> {
  return function CancelFields({ onDraft }: FieldsProps): VNode {
    const [state, setState] = useState('')
    useEffect(
      () => onDraft(state === '' ? { problem: A_STATE } : { body: JSON.stringify({ state }) }),
      [state, onDraft],
    )
    const final = machine.states.filter(({ isFinal }) => isFinal).map(({ id }) => id)
    return <StateChoice states={final} state={state} onState={setState} />
  }
}

/** A merge patch of the metadata. */
export function PatchFields({ onDraft }: FieldsProps): VNode {
  const [text, setText] = useState('{\n  \n}')
  useEffect(() => onDraft(patchDraft(text)), [text, onDraft])
  return (
    <>
      <label for="patch">Merge patch</label>
      <textarea
        id="patch"
        rows={6}
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </>
  )
}

function patchDraft(text: string): { readonly body?: string; readonly problem?: string } {
  try {
    const patch: unknown = JSON.parse(text)
    const isPatch = typeof patch === 'object' && patch !== null && Object.keys(patch).length > 0
    return isPatch ? { body: text } : { problem: 'Name a key to change.' }
  } catch (thrown) {
    return { problem: `The patch is no JSON: ${thrown instanceof Error ? thrown.message : ''}` }
  }
}

interface StateChoiceProps {
  readonly states: readonly string[]
  readonly state: string
  readonly onState: (state: string) => void
}

function StateChoice({ states, state, onState }: StateChoiceProps): VNode {
  return (
    <>
      <label for="target">State</label>
      <select id="target" value={state} onChange={(event) => onState(event.currentTarget.value)}>
        <option value="">Choose…</option>
        {states.map((id) => (
          <option key={id} value={id}>
            {id.slice(0, 100)}
          </option>
        ))}
      </select>
    </>
  )
}
