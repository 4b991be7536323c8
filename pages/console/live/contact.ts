import { observed, type Observed } from './signal.ts'

/** The contact with the service: it answers, it was lost at an instant, or it wants a token. */
export type Contact =
  | { readonly kind: 'there'; readonly back?: true }
  | { readonly kind: 'away'; readonly since: number }
  | { readonly kind: 'token' }

const THERE: Contact = { kind: 'there' }
const BACK: Contact = { kind: 'there', back: true }
/** Milliseconds for which the page says that the service is back. */
const BACK_SHOWN = 6000

/** The contact of this page; every request tells it how it ended. */
export const contact: Observed<Contact> & {
  answered(): void
  lost(): void
  refuse(method: string): void
} = contactOf(observed<Contact>(THERE))

function contactOf(state: Observed<Contact>): typeof contact {
  return {
    ...state,
    answered: () => {
      if (state.value().kind !== 'away') return
      state.set(BACK)
      setTimeout(() => state.value() === BACK && state.set(THERE), BACK_SHOWN)
    },
    lost: () => {
      if (state.value().kind !== 'away') state.set({ kind: 'away', since: Date.now() })
    },
    // An action with a token that only reads is refused in its dialog; the page itself goes on.
    refuse: (method) => method === 'GET' && state.set({ kind: 'token' }),
  }
}
