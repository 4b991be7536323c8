import type { AcknowledgedCreation } from '../../../testing/checker/ledger-problems.ts'
import { call, insist } from '../../services/client.ts'
import type { Answer } from '../../services/client.ts'
import type { SmallDisk } from '../../services/small-disk.ts'
import type { Target } from '../deployment.ts'

export interface FilledService {
  readonly url: () => string
  /** Gets the sagas that were created on the full disk, as far as its room went, and after it. */
  readonly created: AcknowledgedCreation[]
}

/** The first number of its own orders, beyond the driver's, and the step to the next one: all are paid promptly. */
const [FIRST, STEP] = [1_400_000, 14]
/** Most ms until a creation is refused: SQLite first uses the room that its log has. */
const PATIENCE = 90_000

/** Statuses of a creation, of readiness and of liveness on a full disk, which a restart does not mend. */
const FULL = '503,503,200'

/** Takes the room of a disk; it is full when a creation is 503, readiness tells of it, and liveness does not. */
export class FullDisk implements Target {
  readonly kind = 'disk'
  readonly away: readonly [number, number] = [0, 3_000]
  readonly #disk: SmallDisk
  readonly #service: FilledService
  #next = FIRST

  constructor(disk: SmallDisk, service: FilledService) {
    this.#disk = disk
    this.#service = service
  }

  async kill(): Promise<void> {
    this.#disk.fill()
    for (const until = Date.now() + PATIENCE; ;) {
      const answer = await call(`${this.#service.url()}/saga`, this.#request())
      if (answer.status === 200) this.#note(answer)
      const found = [answer.status, ...(await this.#probes())].join()
      if (found === FULL) return
      if (Date.now() > until)
        throw new Error(`fill the disk: the creation and the probes are ${found}, expected ${FULL}`)
    }
  }

  /** The creation that was refused is repeated with its key. */
  async start(): Promise<void> {
    this.#disk.clear()
    const { answer } = await insist(() => `${this.#service.url()}/saga`, this.#request())
    this.#note(answer)
  }

  async #probes(): Promise<readonly number[]> {
    const probe = (path: string) => call(this.#service.url() + path).then(({ status }) => status)
    return Promise.all([probe('/-/ready'), probe('/-/healthz')])
  }

  #request(): { readonly headers: Readonly<Record<string, string>>; readonly body: object } {
    const n = this.#next
    return {
      headers: { 'idempotency-key': `full/${n}` },
      body: { associatedEntityId: `order-${n}`, metadata: { n } },
    }
  }

  #note({ json }: Answer): void {
    const { sagaId } = json as { readonly sagaId: string }
    this.#service.created.push({ n: this.#next, sagaId })
    this.#next += STEP
  }
}
