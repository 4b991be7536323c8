import { placeOf, type Place } from './address.ts'
import { observed, type Observed } from './live/signal.ts'

/** The place that the page shows. */
export const place: Observed<Place> = observed(placeOf(location.hash))

/** Goes to an address; `replace` leaves no entry in the history, for parameters that change with every key. */
export function go(address: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (address === location.hash) return
  if (replace) {
    history.replaceState(null, '', address)
    place.set(placeOf(address))
  } else location.hash = address
}

addEventListener('hashchange', () => place.set(placeOf(location.hash)))
