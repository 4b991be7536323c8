import type { Machine } from '../machine/compile.ts'
import type { Change } from './change.ts'
import type { Instant, Saga, Timer } from './saga.ts'

/** The write that ends a hold: what the saga owes is due at `now` (P26). */
export function released(machine: Machine, saga: Saga, now: Instant): Pick<Change, 'hold' | 'tried' | 'timer'> {
  const { owed } = saga
  return {
    hold: null,
    tried: owed.length === 0 ? undefined : owed.map(({ id, attempts }) => ({ id, attempts, due: now })),
    timer: timerOfBeginning(machine, saga, now),
  }
}

/** The time of a state whose first command is sent now begins now, earlier or later than planned; `undefined`: it goes on. */
export function timerOfBeginning(machine: Machine, { hold, timer, state }: Saga, now: Instant): Timer | undefined {
  const after = machine.states.get(state)?.timeout?.after
  if (hold?.isBeginning === undefined || timer === undefined || after === undefined) return undefined
  return { ...timer, deadline: now + after }
}

/** True where the hold of a saga ends by itself, and its time has come. */
export function isHoldOver({ hold }: Saga, now: Instant): boolean {
  return hold?.until !== undefined && hold.until <= now
}
