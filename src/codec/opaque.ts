/** Both ways between a record of a store's own and the opaque type that stands for it outside of the store. */
export interface Opaque<Sealed, Own> {
  readonly seal: (own: Own) => Sealed
  /** Only for what `seal` of the same store made. */
  readonly open: (sealed: Sealed) => Own
}

/** The one cast between a basis (P2) and what it holds: a value is sealed as itself, so nothing is allocated. */
export function opaque<Sealed, Own>(): Opaque<Sealed, Own> {
  return { seal: same<Sealed>, open: same<Own> }
}

function same<As>(value: unknown): As {
  return value as As
}
