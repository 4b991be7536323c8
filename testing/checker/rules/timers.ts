import { milliseconds } from '../../../src/machine/duration.ts'
import type { Step } from '../../../src/engine/change.ts'
import type { Duration, Timer } from '../../../src/engine/saga.ts'
import type { TimeoutDefinition } from '../../../src/machine/definition.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Written } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import type { SagaStory } from '../saga-story.ts'
import { same, shown } from '../same.ts'
import { isBare } from './commands.ts'
import { enteredState } from './steps.ts'

/**
 * A timer belongs to one visit of a state (P18): entering the state arms it, leaving disarms it. At its deadline the command is sent
 * again, as often as it says; then its event fires, while its step is the newest.
 */
export function* timers(saga: SagaStory, run: RunIndex): Iterable<Found> {
  for (const write of saga.writes) {
    const { at, after } = write
    if (after.timer !== undefined && after.timer.step !== after.length - 1)
      yield found('P18', `the timer is of the step ${after.timer.step}, the newest is ${after.length - 1}`, at)
    yield* fired(write)
    if (write.change.step === undefined) yield* resent(saga, write)
    else yield* armed(write, run)
  }
}

const EVENT = /^timer\/(\d+)$/

function* fired({ at, change, before }: Written): Iterable<Found> {
  const { step } = change
  const [, visit] = step === undefined ? [] : (EVENT.exec(step.event.id) ?? [])
  if (step === undefined || visit === undefined) return
  const timer = before?.timer
  const what = `the timer's event "${step.event.label}" of the step ${visit}`
  if (timer === undefined) yield found('P18', `${what} is applied, and there is no timer`, at)
  else if (timer.step !== Number(visit))
    yield found('P18', `${what} is applied in the visit of the step ${timer.step}`, at)
  else if (timer.event !== step.event.label)
    yield found('P18', `${what} is applied, expected ${shown(timer.event)}`, at)
  else if (timer.resends > 0) yield found('P18', `${what} is applied before ${timer.resends} resends`, at)
  else if (timer.deadline > change.at)
    yield found('P18', `${what} is applied ${timer.deadline - change.at} ms early`, at)
}

/** By the step that enters a state; one that stays in it carries the timer on. */
function* armed(write: Written, run: RunIndex): Iterable<Found> {
  const { at, change, before, after } = write
  const { step } = change
  if (step === undefined) return
  if (step.stays === true) {
    const carried = before?.timer && { ...before.timer, step: step.number }
    if (before?.timer !== undefined && !same(after.timer, carried))
      yield found('P18', `the timer is ${shown(after.timer)} after a step that stays, expected ${shown(carried)}`, at)
    return
  }
  const state = enteredState(write, run)
  if (state === undefined) return
  const wanted = timerOf(write, state.timeout)
  if (!same(after.timer, wanted))
    yield found('P18', `"${state.id}" is entered with the timer ${shown(after.timer)}, expected ${shown(wanted)}`, at)
}

function timerOf({ change }: Written, timeout: TimeoutDefinition | undefined): Timer | undefined {
  const { step, hold } = change
  const wait = timeout === undefined ? undefined : milliseconds(timeout.after)
  if (timeout === undefined || wait === undefined || step === undefined) return undefined
  const begins = step.number === 0 && hold?.isBeginning === true ? (hold.until ?? step.at) : step.at
  if (isBare(change)) return quiet(step, timeout, wait)
  return { step: step.number, deadline: begins + wait, resends: timeout.resend ?? 0, event: timeout.event }
}

/** A move by hand without the command: no deadline sends it, and the event comes when it would have come after the resends (P5). */
function quiet({ number, at }: Step, timeout: TimeoutDefinition, wait: Duration): Timer | undefined {
  const { resend = 0, event } = timeout
  return event === undefined ? undefined : { step: number, deadline: at + wait * (resend + 1), resends: 0, event }
}

/** Without a step a timer changes at its deadline alone, and at the end of a hold (P26). */
function* resent(saga: SagaStory, { at, change, before, after }: Written): Iterable<Found> {
  const [was, is] = [before?.timer, after.timer]
  if (same(was, is) || change.hold === null) return
  if (was === undefined || change.timer === undefined) {
    yield found('P18', `the timer is ${shown(is)} after a write that arms none, before ${shown(was)}`, at)
    return
  }
  if (was.deadline > change.at)
    yield found('P18', `the command is sent again ${was.deadline - change.at} ms before the deadline`, at)
  const left = was.resends - 1
  const isDone = left === 0 && was.event === undefined
  if (is === undefined ? !isDone : is.resends !== left || is.event !== was.event || is.deadline <= was.deadline)
    yield found('P18', `the timer is ${shown(is)} after a resend, before ${shown(was)}`, at)
}
