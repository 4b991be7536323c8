import type { ServiceFailure } from '../../service/api-client.ts'
import type { CountedState, SagaListItem } from '../../service/saga-pages.ts'
import type { LiveSource } from './live-source.ts'

/** The sagas of a service that a deploy would meet. */
export interface LiveSagas {
  /** Open sagas by their states. */
  readonly states: ReadonlyMap<string, LiveNumbers>
  /** Sagas that owe a channel a command, or have a dead letter of it; final ones too. */
  readonly channels: ReadonlyMap<string, LiveNumbers>
  /** False where there are more sagas than were counted: then each number is a lower bound, and a name without one may have some. */
  readonly isComplete: boolean
}

/** Numbers of sagas, and of those among them that have a mark. */
export interface LiveNumbers {
  readonly sagas: number
  readonly owed: number
  readonly deadLetters: number
  readonly parked: number
  readonly timers: number
}

/** The numbers; or that the store has none, with the reason; or the failure of the service. */
export type LiveAnswer =
  | { readonly kind: 'known'; readonly live: LiveSagas }
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'failed'; readonly failure: ServiceFailure }

/** Counts the open sagas by state, and those with commands for these channels. */
export async function readLiveSagas(source: LiveSource, channels: readonly string[]): Promise<LiveAnswer> {
  const open = await count(source, { isFinal: 'false' })
  if (open.kind !== 'counted') return open
  const ofChannels = new Map<string, LiveNumbers>()
  let { isComplete } = open
  for (const channel of channels) {
    const found = await count(source, { channel })
    if (found.kind === 'failed' && isUnknownChannel(found.failure)) continue
    if (found.kind !== 'counted') return found
    ofChannels.set(channel, sumOf([...found.states.values()]))
    isComplete &&= found.isComplete
  }
  return { kind: 'known', live: { states: open.states, channels: ofChannels, isComplete } }
}

/** Neither the saga.json of the service nor a saga has the channel. */
function isUnknownChannel({ status, message }: ServiceFailure): boolean {
  return status === 400 && message.startsWith('channel must be a channel of saga.json')
}

type StateNumbers =
  | { readonly kind: 'counted'; readonly states: ReadonlyMap<string, LiveNumbers>; readonly isComplete: boolean }
  | Exclude<LiveAnswer, { readonly kind: 'known' }>

/** Numbers by state: of the store where it counts, else of a list. */
async function count(source: LiveSource, filters: Readonly<Record<string, string>>): Promise<StateNumbers> {
  const answer = await source.count(filters)
  if (!answer.ok) return unknownOr(answer)
  const { counts } = answer
  if (counts === undefined) return listed(source, filters)
  return { kind: 'counted', states: new Map(counts.map((one) => [one.state, numbersOf(one)])), isComplete: true }
}

function unknownOr(failure: ServiceFailure): StateNumbers {
  return failure.status === 501 ? { kind: 'unknown', why: failure.message } : { kind: 'failed', failure }
}

function numbersOf({ total, owed, deadLetters, parked, timers }: CountedState): LiveNumbers {
  return { sagas: total, owed, deadLetters, parked, timers }
}

async function listed(source: LiveSource, filters: Readonly<Record<string, string>>): Promise<StateNumbers> {
  const states = new Map<string, LiveNumbers>()
  const read = await source.list({ filters, most: source.mostListed }, (items) => {
    for (const item of items) {
      if ('unreadable' in item) continue
      states.set(item.currentState, sumOf([states.get(item.currentState) ?? NONE, marksOf(item)]))
    }
  })
  return read.ok ? { kind: 'counted', states, isComplete: read.next === undefined } : unknownOr(read)
}

function marksOf({ marks = {} }: Exclude<SagaListItem, { readonly unreadable: string }>): LiveNumbers {
  const has = (mark: unknown) => (mark === undefined ? 0 : 1)
  const { owed, deadLetters, parked, timer } = marks
  return { sagas: 1, owed: has(owed), deadLetters: has(deadLetters), parked: has(parked), timers: has(timer) }
}

/** No sagas. */
export const NONE: LiveNumbers = { sagas: 0, owed: 0, deadLetters: 0, parked: 0, timers: 0 }

function sumOf(all: readonly LiveNumbers[]): LiveNumbers {
  return all.reduce(
    (sum, one) => ({
      sagas: sum.sagas + one.sagas,
      owed: sum.owed + one.owed,
      deadLetters: sum.deadLetters + one.deadLetters,
      parked: sum.parked + one.parked,
      timers: sum.timers + one.timers,
    }),
    NONE,
  )
}
