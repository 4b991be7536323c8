import { without } from './dead-letters.ts'
import { withOperation } from './operation-record.ts'
import { enteringStepOf } from './resend.ts'
import type { Attempt, Change, Step } from './change.ts'
import type {
  Command,
  CommandId,
  DeadCommand,
  Debt,
  EventIdentity,
  Hold,
  Instant,
  Metadata,
  ParkedEvent,
  Saga,
  Timer,
} from './saga.ts'

/**
 * The head after a change: a saga is the fold of its changes (P1). `saga` is `undefined` for the step that creates it, and only
 * then.
 */
export function evolve(saga: Saga | undefined, change: Change): Saga {
  const owed = withTimeHeld(owedAfter(saga, change), saga?.hold, change)
  const parked = parkedAfter(saga?.parked ?? [], change)
  const timer = timerAfter(saga?.timer, change)
  const hold = change.hold === undefined ? saga?.hold : (change.hold ?? undefined)
  const head = change.step === undefined ? unchanged(saga) : moved(saga, change.step)
  return {
    ...head,
    owed,
    deadLetters: deadLettersAfter(saga?.deadLetters ?? [], change),
    parked,
    timer,
    delivered: deliveredAfter(saga?.delivered, change),
    hold,
    operations: change.operation === undefined ? saga?.operations : withOperation(saga?.operations, change.operation),
    due: dueOf({ owed, timer, parked, hold }),
    updatedAt: change.at,
  }
}

/** The command of a debt. Its payload is the head's metadata, unless a later step wrote it out (P5); empty beside a hook's message. */
export function commandOf(saga: Saga, debt: Debt): Command {
  const { id, label, channel, trace, headers, body } = debt
  const payload = debt.payload ?? (body === undefined ? saga.metadata : EMPTY)
  return { id, sagaId: saga.id, label, channel, payload, trace, headers, body }
}

/** The metadata of a hooked command's step is not kept, and those of the head may be of a later step. */
const EMPTY: Metadata = Object.freeze({})

/** The dead letter of a debt that is given up, with the bytes of its command (P5, P15). */
export function deadCommand(
  saga: Saga,
  debt: Debt,
  end: Pick<DeadCommand, 'why' | 'since' | 'attempts' | 'last'>,
): DeadCommand {
  const { sagaId: _, ...command } = commandOf(saga, debt)
  return { ...command, ...end }
}

type Folded = 'owed' | 'deadLetters' | 'parked' | 'timer' | 'delivered' | 'hold' | 'operations' | 'due' | 'updatedAt'
type Head = Omit<Saga, Folded>

function unchanged(saga: Saga | undefined): Head {
  if (saga === undefined) throw new TypeError('evolve a saga: the first change has no step')
  return saga
}

function moved(saga: Saga | undefined, step: Step): Head {
  return {
    id: step.sagaId,
    entity: saga?.entity ?? step.birth?.entity ?? '',
    state: step.state.id,
    latestEvent: step.event.label,
    isFinal: step.state.isFinal,
    business: step.state.business,
    length: step.number + 1,
    metadata: step.metadata,
    fingerprint: saga?.fingerprint ?? step.birth?.fingerprint,
    createdAt: saga?.createdAt ?? step.at,
    enteredAt: step.stays === true ? saga?.enteredAt : step.at,
    enteringStep: step.stays === true && saga !== undefined ? enteringStepOf(saga) : undefined,
  }
}

/** Owed before − settled − dead + revived + the commands of the step: a step never wipes a debt (P3). */
function owedAfter(saga: Saga | undefined, { settled, dead, tried, revived, step }: Change): readonly Debt[] {
  let owed = saga?.owed ?? []
  if (settled !== undefined) owed = owed.filter(({ id }) => !settled.includes(id))
  if (dead !== undefined) owed = owed.filter(({ id }) => !dead.some((one) => one.kind === undefined && one.id === id))
  if (tried !== undefined) owed = owed.map((debt) => attempted(debt, tried))
  if (revived !== undefined) owed = [...owed, ...revived.filter(({ id }) => !isOwed(owed, id))]
  if (step === undefined) return owed
  return owed.length === 0 ? step.owes : [...owed.map((debt) => writtenOut(debt, saga)), ...step.owes]
}

/** The end of a hold: each debt keeps how long it has waited for it, since `giveUpAfter` must not count that time (P15, P26). */
function withTimeHeld(owed: readonly Debt[], before: Hold | undefined, { hold, at }: Change): readonly Debt[] {
  if (hold !== null || before === undefined) return owed
  return owed.map((debt) => {
    const held = at - Math.max(before.since, debt.since)
    return held > 0 ? { ...debt, held: (debt.held ?? 0) + held } : debt
  })
}

function isOwed(owed: readonly Debt[], id: CommandId): boolean {
  return owed.some((debt) => debt.id === id)
}

function attempted(debt: Debt, tried: readonly Attempt[]): Debt {
  const attempt = tried.find(({ id }) => id === debt.id)
  if (attempt === undefined) return debt
  const { attempts, due } = attempt
  if (attempt.started) return { ...debt, attempts, due, claimed: undefined, ...sentOnceMore(debt, attempt) }
  return debt.tried === undefined ? { ...debt, attempts, due } : { ...debt, attempts, due, claimed: true }
}

function sentOnceMore({ sends = 0, last }: Debt, attempt: Attempt): Pick<Debt, 'tried' | 'sends' | 'last'> {
  return { tried: true, sends: sends + 1, last: attempt.last ?? last }
}

/** The payload of a command is the metadata of its own step, which the next step replaces (P5). The message of a hook stays. */
function writtenOut(debt: Debt, saga: Saga | undefined): Debt {
  const isWritten = debt.payload !== undefined || debt.body !== undefined
  return isWritten || saga === undefined ? debt : { ...debt, payload: saga.metadata }
}

function deadLettersAfter(letters: Saga['deadLetters'], { dead, revived, dropped }: Change): Saga['deadLetters'] {
  let left = letters
  if (revived !== undefined) left = left.filter(({ kind, id }) => kind !== undefined || !isOwed(revived, id))
  if (dropped !== undefined) left = without(left, dropped)
  return dead === undefined ? left : [...left, ...dead]
}

function parkedAfter(before: readonly ParkedEvent[], { parked, unparked }: Change): readonly ParkedEvent[] {
  if (parked === undefined && unparked === undefined) return before
  const left = before.filter(({ event }) => unparked?.some((one) => isSameEvent(one, event)) !== true)
  if (parked === undefined) return left
  const newer = (one: ParkedEvent) => parked.find(({ event }) => isSameEvent(event, one.event))
  const added = parked.filter(({ event }) => !left.some((one) => isSameEvent(one.event, event)))
  return [...left.map((one) => newer(one) ?? one), ...added]
}

/** True for the same event: an id alone may be on events of several labels (P7). */
export function isSameEvent(one: EventIdentity, other: EventIdentity): boolean {
  return one.id === other.id && one.label === other.label
}

/** A step arms its own timer or none; a moved timer replaces only the one of its own visit (P18). */
function timerAfter(before: Timer | undefined, { step, timer }: Change): Timer | undefined {
  if (step !== undefined)
    return step.stays === true && before !== undefined ? { ...before, step: step.number } : step.timer
  if (timer === null) return undefined
  return timer !== undefined && timer.step === before?.step ? timer : before
}

/** Only commands of the newest step are kept: with the next one, its history tells that they were delivered. */
function deliveredAfter(before: Saga['delivered'], { step, deliveries }: Change): Saga['delivered'] {
  if (step !== undefined && step.stays !== true) return undefined
  if (deliveries === undefined || before === undefined) return deliveries ?? before
  return [...before.filter(({ id }) => deliveries.every((one) => one.id !== id)), ...deliveries]
}

/**
 * When the sweep must look at the saga (P4): while it is held, only the end of the hold and of its parked events' time count (P26).
 */
export function dueOf({
  owed,
  timer,
  parked,
  hold,
}: Pick<Saga, 'owed' | 'timer' | 'parked' | 'hold'>): Instant | undefined {
  let due = hold === undefined ? timer?.deadline : hold.until
  if (hold === undefined) for (const debt of owed) if (due === undefined || debt.due < due) due = debt.due
  for (const one of parked) {
    const at = hold === undefined && one.due !== undefined ? Math.min(one.due, one.expires) : one.expires
    if (due === undefined || at < due) due = at
  }
  return due
}
