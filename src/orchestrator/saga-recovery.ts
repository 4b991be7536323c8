import type { Debt, SagaId } from '../engine/saga.ts'
import { isUnreadableSaga } from '../errors.ts'
import type { Loaded } from '../ports/persistency.ts'
import type { IdleLeases } from './idle-leases.ts'
import type { Ledger } from './ledger.ts'
import type { Mailbox } from './mailbox.ts'
import type { ChannelCapacity } from './channel-capacity.ts'
import type { ClaimResult, Sender } from './sender.ts'

export interface SagaRecoveryOptions {
  readonly ledger: Pick<Ledger, 'recall' | 'read'>
  readonly mailbox: Mailbox
  readonly sender: Pick<Sender, 'claim'>
  readonly leases: IdleLeases
  readonly capacity: ChannelCapacity
}

/** Sagas whose claim failed and that are remembered for the next look; the others are found when everything is read anew. */
const MOST_FAILED = 1_000
const BUSY: ClaimResult = { kind: 'left', passed: [] }

/** Takes up what single sagas owe, as far as there is room, each in its own mailbox. */
export class SagaRecovery {
  readonly #options: SagaRecoveryOptions
  readonly #tended = new Set<SagaId>()
  /** Reading goes on past them, so they are come back to. */
  readonly #failed = new Set<SagaId>()

  constructor(options: SagaRecoveryOptions) {
    this.#options = options
  }

  /** A saga that somebody is working on is tended after that, but the look does not wait for it: others are due too (I5). */
  async recover(loaded: Loaded, atOnce?: (debt: Debt) => boolean): Promise<ClaimResult> {
    const { mailbox, sender, capacity } = this.#options
    const { id } = loaded.saga
    if (this.#tended.has(id)) return BUSY
    const isBusy = mailbox.isBusy(id)
    this.#tended.add(id)
    const tending = mailbox
      .run(id, () => sender.claim(loaded, atOnce, capacity))
      .catch((): ClaimResult => ({ kind: 'failed', passed: [] }))
      .then((claim) => this.#ended(id, claim, isBusy))
    return isBusy ? BUSY : tending
  }

  /** What failed at the last look, and what this process holds the lease of and has room for. */
  async retry(): Promise<void> {
    const { leases, capacity } = this.#options
    const failed = [...this.#failed]
    this.#failed.clear()
    await Promise.all(failed.map((id) => this.#anew(id)))
    capacity.renew()
    await Promise.all(leases.ready().map((channel) => this.#held(channel)))
    capacity.renew()
  }

  /** What was put off until its saga was free, and had no room then, is told to nobody: it counts as failed. */
  #ended(id: SagaId, claim: ClaimResult, isBusy: boolean): ClaimResult {
    this.#tended.delete(id)
    const isFailed = claim.kind === 'failed' || (isBusy && claim.passed.length > 0)
    if (isFailed && this.#failed.size < MOST_FAILED) this.#failed.add(id)
    return claim
  }

  async #anew(id: SagaId): Promise<ClaimResult | undefined> {
    try {
      const loaded = await this.#read(id)
      return loaded && this.recover(loaded)
    } catch (thrown) {
      this.#failed.add(id)
      throw thrown
    }
  }

  /** Its lease lasts, and nobody else has claimed it since: what this process wrote is still what is there. */
  async #held(channel: string): Promise<void> {
    const { ledger, leases, capacity } = this.#options
    const held = leases.oldest(channel, capacity.left(channel))
    const sagas = new Set(held.map(({ sagaId }) => sagaId))
    const claims = await Promise.all(
      [...sagas].map(async (id) => {
        const loaded = ledger.recall(id) ?? (await this.#read(id))
        return loaded === undefined ? undefined : this.recover(loaded, (debt) => leases.hasForgotten(debt))
      }),
    )
    const kept = new Set([...sagas].filter((_, at) => claims[at] === BUSY || claims[at]?.passed.includes(channel)))
    for (const lease of held) if (!kept.has(lease.sagaId)) leases.dropIf(lease)
  }

  /** One that cannot be read is passed over: its store has named it, and it must hold up nobody else (P20). */
  async #read(id: SagaId): Promise<Loaded | undefined> {
    try {
      return await this.#options.ledger.read(id)
    } catch (thrown) {
      if (isUnreadableSaga(thrown)) return undefined
      throw thrown
    }
  }
}
