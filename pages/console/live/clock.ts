import { observed, type Observed } from './signal.ts'

/** Milliseconds by which the service's clock is ahead of this machine's: that of a play may be pushed, any other is 0. */
export const ahead: Observed<number> = observed(0)

/** The present by the clock of the service. */
export function present(): number {
  return Date.now() + ahead.value()
}
