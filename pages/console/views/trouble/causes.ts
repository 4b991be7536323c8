import { addressOf } from '../../address.ts'
import type { StateNumbers } from '../../api/documents.ts'

/** Kinds of trouble, worst first. */
export const KINDS = ['dead-letters', 'dead-events', 'failing', 'standing', 'held', 'parked'] as const

/** A kind of trouble. */
export type TroubleKind = (typeof KINDS)[number]

/** Sagas that need a person for one cause: a channel, a state, a kind of trouble. */
export interface Cause {
  readonly kind: TroubleKind
  readonly channel?: string | undefined
  readonly state: string
  readonly count: number
  /** The last answer that its sagas share; absent for all of them. */
  readonly answer?: string | undefined
  /** The filter that finds its sagas, for the list and for a bulk operation. */
  readonly filter: Readonly<Record<string, string>>
}

/** A question to the store whose answer is a number for each state. */
export interface Question {
  readonly kind: TroubleKind
  readonly channel?: string
  readonly filter: Readonly<Record<string, string>>
}

/** Attempts after which a command that is still owed needs a person. */
const PATIENCE = '3'

/** The questions about all trouble. `standingSince` is the instant before which a running saga stands too long. */
export function questionsOf(channels: readonly string[], standingSince: string): readonly Question[] {
  return [
    ...channels.map((channel): Question => ({
      kind: 'dead-letters',
      channel,
      filter: { has: 'dead-letters', channel },
    })),
    { kind: 'dead-events', filter: { has: 'dead-letters' } },
    ...channels.map((channel): Question => {
      return { kind: 'failing', channel, filter: { has: 'owed', channel, attemptsAtLeast: PATIENCE } }
    }),
    { kind: 'standing', filter: { isFinal: 'false', enteredBefore: standingSince } },
    { kind: 'held', filter: { has: 'hold' } },
    { kind: 'parked', filter: { has: 'parked', enteredBefore: standingSince } },
  ]
}

/** A question with its answer. */
export type Answered = Question & { readonly counts: readonly StateNumbers[] }

/** The causes of the answers, worst first. Dead letters without a channel are those of events. */
export function causesOf(answered: readonly Answered[]): readonly Cause[] {
  const ofChannels = new Map<string, number>()
  for (const { kind, counts } of answered) {
    if (kind !== 'dead-letters') continue
    for (const { state, total } of counts) ofChannels.set(state, (ofChannels.get(state) ?? 0) + total)
  }
  const all = answered.flatMap(({ kind, channel, filter, counts }) =>
    counts.map(({ state, total, held }): Cause => {
      const rest = kind === 'dead-events' ? total - (ofChannels.get(state) ?? 0) : total
      // A held saga stands since somebody wants it so.
      const count = kind === 'standing' ? rest - held : rest
      return { kind, channel, state, count, filter: { ...filter, currentState: state } }
    }),
  )
  return all
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || b.count - a.count)
}

/** The key of a cause: the same cause has the same one at the next look. */
export function causeKey({ kind, channel = '', state }: Cause): string {
  return JSON.stringify([kind, channel, state])
}

/** The list of a cause's sagas. The list knows "standing" by seconds. */
export function causeAddress({ filter }: Cause, standing: string): string {
  const { enteredBefore, ...others } = filter
  return addressOf(['sagas'], { ...others, ...(enteredBefore !== undefined && { standing }) })
}
