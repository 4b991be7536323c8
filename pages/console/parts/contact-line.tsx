import type { VNode } from 'preact'
import { contact } from '../live/contact.ts'
import { useObserved } from '../live/signal.ts'
import { durationText } from '../text/time.ts'
import { useNow } from './time.tsx'

/** Says that the service gives no answer, and that it is back. It lies over the page, so nothing moves. */
export function ContactLine(): VNode {
  const state = useObserved(contact)
  return (
    <div class="contact" role="status">
      {state.kind === 'away' && <Away since={state.since} />}
      {state.kind === 'there' && state.back && (
        <p class="back">The service answers again. The page reads its data anew.</p>
      )}
    </div>
  )
}

function Away({ since }: { readonly since: number }): VNode {
  const now = useNow()
  return (
    <p class="away">
      The service gives no answer. The page shows the newest data it has and tries again
      <span aria-hidden="true">; for {durationText(Math.max(1000, now - since))} now</span>.
    </p>
  )
}
