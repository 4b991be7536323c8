import type { Debt, EventIdentity, Saga } from '../../../../src/engine/saga.ts'
import type { Outcome } from '../../../../src/orchestrator/corridor.ts'
import type { SendResult, Turn } from '../../../../src/orchestrator/events/turn.ts'
import { Mailbox } from '../../../../src/orchestrator/mailbox.ts'
import { Redelivery } from '../../../../src/orchestrator/recovery/redelivery.ts'
import type { RedeliveryOptions } from '../../../../src/orchestrator/recovery/redelivery.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { passing } from '../stage.ts'

export const NOW = simulatedRuntime().wallClock()

export interface Given {
  readonly owed?: readonly Debt[]
  readonly hold?: Saga['hold']
  readonly isGone?: boolean
  /** It is removed before its history is read. */
  readonly isRemoved?: boolean
  /** Commands that are queued or under way here. */
  readonly held?: readonly string[]
  readonly delivered?: readonly string[]
  /** Commands whose lease this process holds without sending them. */
  readonly forgotten?: readonly string[]
  /** Commands that a claim makes dead letters. */
  readonly givenUp?: readonly string[]
  /** Results of sends, as they come; others have none within the time of the test. */
  readonly results?: Readonly<Record<string, SendResult | undefined>>
  /** Events of the history. */
  readonly events?: readonly { readonly id: string; readonly event: string }[]
}

export const debtOf = (id: string, more: Partial<Debt> = {}): Debt => {
  return { id, label: 'do', channel: 'bank', attempts: 0, since: 0, due: NOW + 5_000, tried: true, ...more } as Debt
}

/** Redelivery of requests of the saga `s1`, over parts that answer what the test says. */
export function world(given: Given = {}) {
  const { owed = [], hold, held = [], delivered = [], forgotten = [], givenUp, results = {}, events = [] } = given
  const runtime = simulatedRuntime()
  const claimed: string[][] = []
  let documents = 0
  const saga = { ...birth({ id: 's1' }).next, owed, hold } as Saga
  const redelivery = new Redelivery({
    persistency: {
      document: async () => {
        documents++
        return given.isRemoved === true ? undefined : { history: { events } }
      },
    },
    ledger: { read: async () => (given.isGone === true ? undefined : { saga, basis: 'w' }) },
    mailbox: new Mailbox(),
    relay: {
      holds: (id: string) => held.includes(id),
      fateOf: (id: string) => (id in results ? Promise.resolve(results[id]) : new Promise(() => undefined)),
    },
    settlements: { isDelivered: (_: string, { id }: Debt) => delivered.includes(id) },
    claims: {
      claim: async (loaded: { saga: Saga }, atOnce: (debt: Debt) => boolean) => {
        claimed.push(loaded.saga.owed.filter(atOnce).map(({ id }) => id))
        return { kind: 'written', passed: [], givenUp }
      },
    },
    debtLeases: { hasForgotten: ({ id }: Debt) => forgotten.includes(id) },
    channels: new Map([
      ['bank', fakeChannel('bank')],
      ['once', fakeChannel('once', 10_000, 1)],
    ]),
    runtime,
  } as unknown as RedeliveryOptions)
  const answerTo = (turn: Partial<Turn<Outcome>>, event?: EventIdentity) => {
    const work = async () => ({ saved: [], ...turn }) as unknown as Turn<Outcome>
    return passing(runtime, redelivery.answer({ id: 's1', work, deadline: runtime.monotonic() + 1_000, event }))
  }
  /** The answer to a repeat of an event that the saga has had. */
  const repeat = (kind = 'duplicate', event: EventIdentity | undefined = EVENT) => {
    return answerTo({ answer: { kind } as Outcome }, event)
  }
  /** The answer to a step that owes these commands. */
  const step = (...owes: readonly Debt[]) => {
    const saved = [{ step: { sagaId: 's1', owes }, sends: redelivery.sendsOf({ sagaId: 's1', owes } as never) }]
    const loaded = { saga, basis: 'w' }
    return answerTo({ answer: MOVED, saved: saved.map((one) => ({ ...one, loaded })) as never })
  }
  return { redelivery, repeat, step, answerTo, claimed, runtime, documents: () => documents }
}

/** A repeated event. */
export const EVENT = { id: 'key/1', label: 'paid' } as EventIdentity
/** The answer to a step. */
export const MOVED = { kind: 'moved', state: 'paid' } as unknown as Outcome
