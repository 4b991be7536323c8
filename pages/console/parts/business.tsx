import type { VNode } from 'preact'
import { businessMark, type Machine } from '../api/machine.ts'

interface BusinessProps {
  readonly machine: Machine | undefined
  readonly id: string | number | undefined
  readonly description?: string | undefined
}

/** A business state: its letter in its colour, and its description. */
export function Business({ machine, id, description }: BusinessProps): VNode | null {
  if (id === undefined || id === null) return null
  const mark = businessMark(machine, id)
  return (
    <span class={`business colour-${mark?.colour ?? 7}`}>
      <i class="disc" aria-hidden="true">
        {mark?.letter ?? '?'}
      </i>
      <bdi>{(description ?? mark?.description ?? String(id)).slice(0, 200)}</bdi>
    </span>
  )
}
