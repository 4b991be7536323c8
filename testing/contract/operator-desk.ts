import { mergeFirstLevel } from '../../src/engine/merge.ts'
import type { Metadata, Saga } from '../../src/engine/saga.ts'
import { compile } from '../../src/machine/compile.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { assemble } from '../../src/orchestrator/assemble.ts'
import type { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import type { Operated, SagaAction } from '../../src/orchestrator/operators/saga-operation.ts'
import type { Channel, Sent } from '../../src/ports/channel.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { simulatedRuntime } from '../simulation/simulated-runtime.ts'
import { DEFINITION, fresh, LEASE } from './build.ts'
import type { Bookkeeping } from './build.ts'
import { note } from './saves.ts'
import { METRICS } from './faults/host.ts'
import { watched } from './watched.ts'

/** Author of every action of a desk: characters that stores must escape. */
export const OPERATOR = 'Zoë <zoe@x.test>'
/** Reason of every action of a desk. */
export const REASON = 'the "bank" is mended: a.b $set'

/** Options of a desk. */
export interface DeskOptions {
  /** Id of the saga. */
  readonly id: string
  readonly seed: number
  readonly definition?: MachineDefinition
  /** Default: no limit. */
  readonly maxSagaSize?: number
}

/** One process over the store, with one saga. */
export interface Desk {
  readonly id: string
  create(metadata: Metadata, notBefore?: number): Promise<void>
  /** `dryRun` writes nothing. */
  operate(action: SagaAction, id: string, dryRun?: true): Promise<Operated>
  tell(label: string, id: string): ReturnType<Orchestrator['handle']>
  /** Bookkeeping written past the process. */
  note(bookkeeping: Bookkeeping): Promise<unknown>
  /** From now on; the sends of before have ended and are recorded. */
  answers(sent: Sent): Promise<void>
  /** The answer of sends from now on; `undefined`: they have no end. */
  willAnswer(sent: Sent | undefined): void
  /** Sends have ended and are recorded. */
  rest(): Promise<void>
  head(): Promise<Saga>
}

/** The answer of a participant that has taken a command. */
export const DELIVERED: Sent = { kind: 'delivered' }
const quiet = (): void => undefined
/** A process that has created a saga, whose first command is delivered and settled unless a row says otherwise. */
export async function openDesk(store: Persistency, options: Partial<DeskOptions> = {}): Promise<Desk> {
  const made = deskOf(store, { id: fresh('saga'), seed: 1, ...options })
  await made.create({ n: 1 })
  await made.rest()
  return made
}

/** A process over the store that has done nothing yet. */
export function deskOf(store: Persistency, { id, seed, definition = DEFINITION, maxSagaSize }: DeskOptions): Desk {
  const runtime = simulatedRuntime(seed)
  const { persistency, isAsked } = watched(store)
  let answer: Sent | undefined = DELIVERED
  const channelOf = (name: string): Channel => ({
    id: name,
    timeout: LEASE - 5_000,
    send: async () => answer ?? new Promise<Sent>(() => undefined),
    probe: async () => ({ ok: true }),
    close: async () => undefined,
  })
  const channels = new Map(['warehouse', 'bank'].map((name) => [name, channelOf(name)]))
  const machine = compile(definition, { merge: mergeFirstLevel, leaseOf: () => LEASE })
  const parts = {
    machine,
    persistency,
    channels,
    runtime,
    metrics: METRICS,
    ...(maxSagaSize !== undefined && { maxSagaSize }),
    unexpectedEvents: 'ignore',
  } as const
  const orchestrator = assemble(parts)
  const passing = async <T>(work: Promise<T>): Promise<T> => {
    let isDone = false
    const marked = work.finally(() => (isDone = true))
    marked.catch(quiet)
    while (!isDone) {
      // No time passes while the store works: on a busy machine it would be the deadline of the request.
      if (!isAsked()) await runtime.advance(5)
      await turn()
    }
    return marked
  }
  const head = async (): Promise<Saga> => {
    const loaded = await store.load(id)
    if (loaded === undefined) throw new Error(`the store has no saga "${id}"`)
    return loaded.saga
  }
  const rest = () => passing(orchestrator.look().then(() => orchestrator.stop(60_000)))
  return {
    id,
    head,
    rest,
    operate: (action, operation, dryRun) =>
      passing(orchestrator.operate({ sagaId: id, id: operation, operator: OPERATOR, reason: REASON, action, dryRun })),
    tell: (label, event) => passing(orchestrator.handle({ id: event, sagaId: id, label, payload: {} })),
    async note(bookkeeping) {
      const loaded = await store.load(id)
      return loaded && note(store, loaded, bookkeeping)
    },
    willAnswer: (next) => void (answer = next),
    async answers(next) {
      answer = next
      if (next !== DELIVERED)
        await passing(
          orchestrator.operate({ sagaId: id, id: 'resent', operator: '', reason: '', action: { kind: 'resend' } }),
        )
      await rest()
    },
    async create(metadata, notBefore) {
      await passing(orchestrator.create({ id, entity: 'e', metadata, notBefore }))
    },
  }
}

/** Input and output of the store go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0))
}
