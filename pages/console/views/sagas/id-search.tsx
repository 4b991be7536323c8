import type { VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { addressOf, encoded } from '../../address.ts'
import { ask } from '../../api/request.ts'
import { go } from '../../route.ts'

interface IdSearchProps {
  readonly canList: boolean
  readonly entity?: string | undefined
}

/** Finds a saga by its id, else the sagas of an associated entity. */
export function IdSearch({ canList, entity }: IdSearchProps): VNode {
  const input = useRef<HTMLInputElement>(null)
  const [missed, setMissed] = useState('')
  const find = async (event: Event) => {
    event.preventDefault()
    const text = input.current?.value.trim() ?? ''
    if (text === '') return canList ? go('#/sagas') : undefined
    setMissed('')
    const answer = await ask({ method: 'GET', path: `sagas/${encoded(text)}` }).catch(() => undefined)
    if (answer === undefined) return undefined
    if (answer.status !== 404) return go(addressOf(['sagas', text]))
    return canList ? go(addressOf(['sagas'], { associatedEntityId: text })) : setMissed(`There is no saga ${text}.`)
  }
  const label = canList ? 'Find by saga id or entity' : 'Find by saga id'
  return (
    <search class="find">
      <form onSubmit={(event) => void find(event)}>
        <label for="find" class="unseen">
          {label}
        </label>
        <input
          id="find"
          key={entity}
          ref={input}
          type="search"
          placeholder={label}
          autocomplete="off"
          defaultValue={entity ?? ''}
        />
        <button type="submit">Find</button>
      </form>
      <p role="status" class="bad-text">
        {missed.slice(0, 300)}
      </p>
    </search>
  )
}
