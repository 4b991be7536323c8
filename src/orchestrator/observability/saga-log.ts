import type { Step } from '../../engine/change.ts'
import type { Command, CommandId, Saga, SagaId } from '../../engine/saga.ts'
import type { Log } from '../../ports/runtime.ts'
import type { Ledger } from '../events/ledger.ts'

/** A delivered command whose delivery is stored. */
export interface SettledCommand {
  readonly id: CommandId
  readonly label: string
  readonly attempts: number
}

/** The life of each saga as lines of the level `debug`: created, moved, delivered, settled. */
export class SagaLog {
  readonly #log: Log
  readonly #ledger: Pick<Ledger, 'recall'>

  constructor(log: Log, ledger: Pick<Ledger, 'recall'>) {
    this.#log = log
    this.#ledger = ledger
  }

  /** A step is durable. */
  stepped({ sagaId: saga, number, event, state, by }: Step): void {
    const fields = { saga, label: event.label, state: state.id, event: event.id, step: number, ...by }
    this.#log.write(number === 0 ? 'saga.created' : 'saga.moved', fields)
  }

  /** A participant accepted a command; `attempts` are its answers without success before. */
  delivered({ id: command, sagaId: saga, label, channel }: Command, attempts: number): void {
    const fields = { saga, label, state: this.#stateOf(saga), command, channel, attempt: attempts + 1 }
    this.#log.write('saga.delivered', fields)
  }

  /** The store knows of the delivery; `attempts` are answers without success before it. */
  settled({ id: saga, state }: Pick<Saga, 'id' | 'state'>, { id: command, label, attempts }: SettledCommand): void {
    this.#log.write('saga.settled', { saga, label, state, command, attempt: attempts + 1 })
  }

  /** Absent where no head of the saga is remembered: a line is not worth a read. */
  #stateOf(saga: SagaId): string | undefined {
    return this.#ledger.recall(saga)?.saga.state
  }
}

/** `undefined` where the level `debug` is not written, so that its lines cost nothing. */
export function sagaLogOf(log: Log, ledger: Pick<Ledger, 'recall'>): SagaLog | undefined {
  return log.writes('debug') ? new SagaLog(log, ledger) : undefined
}
