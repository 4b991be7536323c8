import type { Change, Step } from './change.ts'
import { keptSideEffect } from './complete-entry.ts'
import type { Instant } from './saga.ts'

/**
 * The first step of a saga that begins at `until`: its command and its side effects are due then, the time of its state's timer begins
 * then, and until then the saga is held (C4.1, P26).
 */
export function delayed(step: Step, until: Instant): Pick<Change, 'hold'> & { readonly step: Step } {
  const { at, owes, timer, sideEffects } = step
  return {
    step: {
      ...step,
      owes: owes.map((debt) => ({ ...debt, since: until, due: until })),
      timer: timer && { ...timer, deadline: timer.deadline + until - at },
    },
    hold: {
      since: at,
      until,
      isBeginning: true,
      sideEffects: sideEffects.length === 0 ? undefined : sideEffects.map(keptSideEffect),
    },
  }
}
