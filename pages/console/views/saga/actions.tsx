import type { VNode } from 'preact'
import type { Deed } from '../../parts/deed.ts'
import type { DeedContext } from './deed-context.ts'
import { deedsOf } from './deeds.tsx'

/** The actions that fit the saga; each asks before it acts. */
export function Actions({ saga, machine, onDeed }: DeedContext & { readonly onDeed: (deed: Deed) => void }): VNode {
  return (
    <div class="actions" role="group" aria-label="Actions">
      {deedsOf({ saga, machine }).map((deed) => (
        <button key={deed.title} type="button" onClick={() => onDeed(deed)}>
          {deed.title}…
        </button>
      ))}
    </div>
  )
}
