import type { VNode } from 'preact'
import type { Machine } from '../api/machine.ts'
import { Business } from '../parts/business.tsx'
import type { Chosen } from './highlight.ts'

interface MachineListProps {
  readonly machine: Machine
  readonly current?: string
  readonly onChoose?: (chosen: Chosen) => void
}

/** The machine in words, where the service draws no pictures. */
export function MachineList({ machine, current, onChoose }: MachineListProps): VNode {
  return (
    <ul class="machine-list">
      {machine.states.map((state) => (
        <li key={state.id} aria-current={state.id === current ? 'step' : undefined}>
          <button type="button" class="link" onClick={() => onChoose?.({ state: state.id })}>
            <bdi>{state.id}</bdi>
          </button>
          <Business machine={machine} id={state.businessStateId} />
          {state.isFinal && <span class="muted">final</span>}
          {(state.outgoingTransitions ?? []).map(({ inputEvent, targetState }) => (
            <span key={inputEvent} class="way">
              <bdi>{inputEvent}</bdi> → <bdi>{targetState}</bdi>
            </span>
          ))}
        </li>
      ))}
    </ul>
  )
}
