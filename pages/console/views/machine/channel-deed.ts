import { encoded } from '../../address.ts'
import type { Channel } from '../../api/documents.ts'
import type { Deed } from '../../parts/deed.ts'

/** The pause of a channel, or its end. */
export function channelDeed({ id, isPaused }: Channel): Deed {
  const verb = isPaused ? 'resume' : 'pause'
  return {
    title: `${isPaused ? 'Resume' : 'Pause'} the channel ${id}`,
    effect: isPaused
      ? 'Commands that waited are sent, and new ones go on.'
      : 'No send begins until the channel is resumed. Commands stay owed; side effects of this time are not sent. Sagas go on to take events.',
    verb: isPaused ? 'Resume' : 'Pause',
    hasTrial: false,
    request: () => ({ method: 'POST', path: `channels/${encoded(id)}/${verb}` }),
  }
}
