import type { Attempt, Change, Command, CommandId, DeadLetter, Debt, Instant, ParkedEvent, Saga, Step } from './saga.ts'

/**
 * A saga is the fold of its changes (P1). The first change of a saga is the step that creates it; for every other one the
 * saga as it was before must be given.
 */
export function evolve(saga: Saga | undefined, change: Change): Saga {
  const owed = owedAfter(saga, change)
  const parked = parkedAfter(saga?.parked ?? [], change)
  const timer = change.step === undefined ? saga?.timer : change.step.timer
  const head = change.step === undefined ? kept(saga) : moved(saga, change.step)
  return {
    ...head,
    owed,
    deadLetters: deadAfter(saga?.deadLetters ?? [], change),
    parked,
    timer,
    due: earliest(owed, timer?.deadline, parked),
    updatedAt: change.at,
  }
}

/** A debt as the command to be sent (P5: its payload is the head's metadata unless a later step wrote it out). */
export function commandOf(saga: Saga, debt: Debt): Command {
  const { id, label, channel, trace } = debt
  return { id, sagaId: saga.id, label, channel, payload: debt.payload ?? saga.metadata, trace }
}

type Head = Omit<Saga, 'owed' | 'deadLetters' | 'parked' | 'timer' | 'due' | 'updatedAt'>

function kept(saga: Saga | undefined): Head {
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
  }
}

/** Owed before − settled + what the step owes: a step never wipes a debt (P3). */
function owedAfter(saga: Saga | undefined, change: Change): readonly Debt[] {
  let owed = saga?.owed ?? []
  if (change.settled !== undefined) owed = without(owed, change.settled)
  if (change.dead !== undefined)
    owed = without(
      owed,
      change.dead.map(({ id }) => id),
    )
  if (change.tried !== undefined) owed = owed.map((debt) => attempted(debt, change.tried))
  if (change.revived !== undefined) owed = [...owed, ...revive(saga?.deadLetters ?? [], change.revived, change.at)]
  if (change.step === undefined) return owed
  return owed.length === 0 ? change.step.owes : [...owed.map((debt) => writtenOut(debt, saga)), ...change.step.owes]
}

function without(owed: readonly Debt[], gone: readonly CommandId[]): readonly Debt[] {
  return owed.filter(({ id }) => !gone.includes(id))
}

function attempted(debt: Debt, tried: readonly Attempt[] = []): Debt {
  const attempt = tried.find(({ id }) => id === debt.id)
  return attempt === undefined
    ? debt
    : { ...debt, attempts: attempt.attempts, due: attempt.due, ...(attempt.started && STARTED) }
}

const STARTED = { tried: true } as const

/** The bytes of a command are those of its own step: the metadata of that step is about to be replaced (P5). */
function writtenOut(debt: Debt, saga: Saga | undefined): Debt {
  return debt.payload === undefined && saga !== undefined ? { ...debt, payload: saga.metadata } : debt
}

function revive(letters: readonly DeadLetter[], ids: readonly CommandId[], at: Instant): Debt[] {
  return letters
    .filter(({ id }) => ids.includes(id))
    .map(({ id, label, channel, payload, trace }) => ({
      id,
      label,
      channel,
      payload,
      trace,
      attempts: 0,
      since: at,
      due: at,
      tried: true,
    }))
}

function deadAfter(letters: readonly DeadLetter[], { dead, revived }: Change): readonly DeadLetter[] {
  const left = revived === undefined ? letters : letters.filter(({ id }) => !revived.includes(id))
  return dead === undefined ? left : [...left, ...dead]
}

function parkedAfter(parked: readonly ParkedEvent[], change: Change): readonly ParkedEvent[] {
  const { unparked } = change
  const left = unparked === undefined ? parked : parked.filter(({ event }) => !unparked.includes(event.id))
  return change.parked === undefined ? left : [...left, ...change.parked]
}

function earliest(
  owed: readonly Debt[],
  deadline: Instant | undefined,
  parked: readonly ParkedEvent[],
): Instant | undefined {
  let due = deadline
  for (const debt of owed) if (due === undefined || debt.due < due) due = debt.due
  for (const { expires } of parked) if (due === undefined || expires < due) due = expires
  return due
}
