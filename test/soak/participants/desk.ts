import { setTimeout as sleep } from 'node:timers/promises'
import type { AcknowledgedEvent, ArrivedCommand } from '../../../testing/checker/ledger-problems.ts'
import { LedgerFile, readLedger } from '../../../testing/ledger/ledger-file.ts'
import { answerTo } from '../reactions.ts'
import type { Answering, Emission, Transport } from '../reactions.ts'

/** A command that arrives. */
export interface TakenCommand extends ArrivedCommand {
  readonly sagaId: string
  /** Number of its saga. */
  readonly n: number
}

/** A line of a participant's ledger. */
export type DeskEntry =
  | ({ readonly kind: 'arrived'; readonly at: number } & TakenCommand)
  | ({ readonly kind: 'acknowledged' } & AcknowledgedEvent)

/** Sends an event until it is acknowledged; resolves with the answer, if there is one. */
export type TellEvent = (event: { sagaId: string; key: string; label: string }) => Promise<string | undefined>

export interface DeskOptions {
  /** Path of the ledger. */
  readonly ledger: string
  readonly transport: Transport
  readonly tell: TellEvent
}

/**
 * The part of a participant that a kill does not reach: a command is in the ledger before it is answered, and an event is sent until its
 * acknowledgement is in the ledger.
 */
export class Desk {
  readonly #options: DeskOptions
  readonly #ledger: LedgerFile<DeskEntry>
  readonly #arrivals = new Map<string, number>()
  readonly #underWay = new Set<string>()

  constructor(options: DeskOptions) {
    this.#options = options
    this.#ledger = new LedgerFile(options.ledger)
    this.#resume(readLedger<DeskEntry>(options.ledger))
  }

  /** Records the arrival; the answer depends on how often the command has come. */
  take(command: TakenCommand): Answering {
    this.#ledger.append({ kind: 'arrived', at: Date.now(), ...command })
    return this.#answer(command)
  }

  /** Sends events one after the other; resolves when all are acknowledged. One that is under way already is not sent again. */
  async tell(command: TakenCommand, emissions: readonly Emission[]): Promise<void> {
    for (const emission of emissions) await this.#tell(command, emission)
  }

  async #tell({ sagaId, key: commandKey }: TakenCommand, { label, after, times }: Emission): Promise<void> {
    const key = `${commandKey}/${label}`
    if (this.#underWay.has(key)) return
    this.#underWay.add(key)
    try {
      await sleep(after)
      for (let nth = 1; nth <= times; nth++) {
        const outcome = await this.#options.tell({ sagaId, key, label })
        this.#ledger.append({ kind: 'acknowledged', sagaId, key, label, ...(outcome !== undefined && { outcome }) })
      }
    } finally {
      this.#underWay.delete(key)
    }
  }

  #answer(command: TakenCommand): Answering {
    const nth = (this.#arrivals.get(command.key) ?? 0) + 1
    this.#arrivals.set(command.key, nth)
    return answerTo({ label: command.label, n: command.n, nth }, this.#options.transport)
  }

  /** Sends what was not acknowledged before the kill. */
  #resume(entries: readonly DeskEntry[]): void {
    const acknowledged = new Set(entries.flatMap((entry) => (entry.kind === 'acknowledged' ? [entry.key] : [])))
    for (const entry of entries) {
      if (entry.kind !== 'arrived') continue
      const { first, later } = this.#answer(entry)
      const left = [...first, ...later].filter(({ label }) => !acknowledged.has(`${entry.key}/${label}`))
      void this.tell(entry, left)
    }
  }
}
