import type { Attempt } from '../../../src/engine/change.ts'
import type { Debt, Saga } from '../../../src/engine/saga.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Written } from '../observation.ts'
import { differing, same, shown } from '../same.ts'
import type { RunIndex } from '../run-index.ts'
import type { SagaStory } from '../saga-story.ts'

/**
 * The outbox adds up (P3): owed before − settled − dead + revived + the commands of the step, in this order. No debt vanishes (I2); it
 * keeps its bytes (P5), and changes in what the write says of it alone (P12, P13, P15, P26).
 */
export function* outbox(saga: SagaStory, { terms }: RunIndex): Iterable<Found> {
  for (const write of saga.writes) {
    const { at, after } = write
    const expected = owedAfter(write)
    const [ids, owed] = [expected.map(({ id }) => id), after.owed.map(({ id }) => id)]
    if (!same(ids, owed)) yield found('P3', `the saga owes ${shown(owed)}, expected ${shown(ids)}`, at)
    for (const id of ids.filter((one) => !owed.includes(one))) yield found('I2', `the debt "${id}" has vanished`, at)
    for (const debt of after.owed) {
      const wanted = expected.find(({ id }) => id === debt.id)
      if (wanted === undefined) continue
      const isVoided = terms.shared === false && debt.due === VOIDED
      yield* kept(debt, isVoided ? { ...wanted, due: VOIDED } : wanted, at)
    }
  }
}

/** A store of one process shows the leases of its predecessor as over, and a write may keep that (P12). */
const VOIDED = 0

const FIELDS: readonly (readonly [rule: string, fields: readonly (keyof Debt)[]])[] = [
  ['P5', ['label', 'channel', 'payload', 'trace', 'headers', 'body']],
  ['P15', ['attempts', 'sends', 'since', 'last']],
  ['P12', ['due', 'claimed']],
  ['P13', ['tried']],
  ['P26', ['held']],
]

function* kept(debt: Debt, wanted: Debt, at: number): Iterable<Found> {
  for (const [rule, fields] of FIELDS)
    for (const field of differing(debt, wanted, fields))
      yield found(
        rule,
        `"${field}" of the debt "${debt.id}" is ${shown(debt[field])}, expected ${shown(wanted[field])}`,
        at,
      )
}

/** The outbox after a write, by the rules. */
function owedAfter(write: Written): readonly Debt[] {
  const { before, change } = write
  const { settled = [], dead = [], tried = [], revived = [], step } = change
  const buried = dead.flatMap((letter) => (letter.kind === undefined ? [letter.id] : []))
  const left = (before?.owed ?? []).filter(({ id }) => !settled.includes(id) && !buried.includes(id))
  const attempted = left.map((debt) =>
    afterAttempt(
      debt,
      tried.find(({ id }) => id === debt.id),
    ),
  )
  const again = revived.filter(({ id }) => !left.some((debt) => debt.id === id))
  const earlier = [...attempted, ...again].map((debt) => afterHold(debt, write))
  return [...earlier.map((debt) => writtenOut(debt, before, step !== undefined)), ...(step?.owes ?? [])]
}

/** An ended send counts, a claim moves `due` alone; a claim of a command that was sent before is marked as one. */
function afterAttempt(debt: Debt, attempt: Attempt | undefined): Debt {
  if (attempt === undefined) return debt
  const { attempts, due, started, last } = attempt
  if (started !== true) return { ...debt, attempts, due, claimed: debt.tried === true ? true : undefined }
  return {
    ...debt,
    attempts,
    due,
    claimed: undefined,
    tried: true,
    sends: (debt.sends ?? 0) + 1,
    last: last ?? debt.last,
  }
}

/** The end of a hold: its time does not count against the participant (P15, P26). */
function afterHold(debt: Debt, { before, change: { hold, at } }: Written): Debt {
  if (hold !== null || before?.hold === undefined) return debt
  const held = at - Math.max(before.hold.since, debt.since)
  return held > 0 ? { ...debt, held: (debt.held ?? 0) + held } : debt
}

/** The payload of the newest step's commands is the metadata of the head; the next step writes it out (P5). */
function writtenOut(debt: Debt, before: Saga | undefined, hasStep: boolean): Debt {
  if (!hasStep || before === undefined || debt.payload !== undefined || debt.body !== undefined) return debt
  return { ...debt, payload: before.metadata }
}
