import { setTimeout as sleep } from 'node:timers/promises'
import { CONFIRMS, FAILS, follows } from '../services/behaviour.ts'
import { call, insist } from '../services/client.ts'
import type { Behaviour, Emitted, Participant, Reaction, Received } from '../services/participant.ts'

/** A creation with the answer 200. */
export interface AnsweredCreation {
  readonly n: number
  readonly sagaId: string
  /** Start of the attempt that was answered. */
  readonly at: number
  readonly tries: number
  /** The client aborted its first attempt on purpose. */
  readonly impatient: boolean
}

export interface CrashLoadOptions {
  /** URL of the service; of several services, one for each attempt. */
  readonly url: string | (() => string)
  readonly participant: Participant
  readonly sagas: number
  readonly atOnce: number
  /** The participants' behaviour; default: the reservation. */
  readonly play?: ParticipantScript | undefined
}

/** The reactions of participants to commands, and the events that end a saga. */
export interface ParticipantScript {
  readonly behaviour: Behaviour
  readonly last: ReadonlySet<string>
}

/** One creation in this many is aborted after a few milliseconds and repeated with the same key. */
const IMPATIENT = 50

/** Clients that run one saga after the other, and repeat requests to a service that dies. */
export class CrashLoad {
  readonly created: AnsweredCreation[] = []
  readonly #options: CrashLoadOptions
  readonly #last: ReadonlySet<string>
  readonly #ended = new Set<string>()
  readonly #waiting = new Map<string, () => void>()
  readonly #abort = new AbortController()
  readonly #failure = Promise.withResolvers<never>()
  #next = 0

  constructor(options: CrashLoadOptions) {
    this.#options = options
    this.#last = options.play?.last ?? LAST
    options.participant.behaves(options.play?.behaviour ?? react)
    options.participant.onEmitted((emitted) => this.#told(emitted))
  }

  /** Number of sagas whose last event was answered. */
  get ended(): number {
    return this.#ended.size
  }

  /** True if the load is over: every saga has ended, or one has failed. */
  get over(): boolean {
    return this.#abort.signal.aborted
  }

  /** Resolves when so many sagas have ended, or the load is over: it gives up by itself. */
  async hasEnded(sagas: number): Promise<void> {
    while (!this.over && this.ended < sagas) await sleep(25)
  }

  /** Until every saga has ended. `still`: most milliseconds in which none does. */
  async run(still: number): Promise<void> {
    const lanes = Array.from({ length: this.#options.atOnce }, () => this.#lane())
    await Promise.race([Promise.all(lanes), this.#stands(still), this.#failure.promise]).finally(() =>
      this.#abort.abort(),
    )
  }

  async #stands(still: number): Promise<never> {
    for (let before = -1; this.ended > before;) {
      before = this.ended
      await sleep(still, undefined, { signal: this.#abort.signal })
    }
    const stuck = [...this.#waiting.keys()].slice(0, 5).join(', ')
    throw new Error(`run the sagas: ${this.ended} of ${this.#options.sagas} ended, none in ${still} ms; ${stuck}`)
  }

  async #lane(): Promise<void> {
    while (!this.over && this.#next < this.#options.sagas) {
      const creation = await this.#create(this.#next++)
      this.created.push(creation)
      await this.#end(creation.sagaId)
    }
  }

  async #create(n: number): Promise<AnsweredCreation> {
    const { url: door } = this.#options
    const url = () => `${typeof door === 'string' ? door : door()}/saga`
    const body = { associatedEntityId: `load-${n}`, metadata: { n } }
    const request = { body, headers: { 'idempotency-key': `load/${n}` } }
    const impatient = n % IMPATIENT === 0
    if (impatient)
      await call(url(), request, AbortSignal.timeout(1 + Math.floor(Math.random() * 12))).catch(() => undefined)
    const { answer, tries, at } = await insist(url, request, this.#abort.signal)
    if (answer.status !== 200) throw new Error(`create saga ${n}: ${answer.status} ${answer.text}`)
    return { n, sagaId: (answer.json as { sagaId: string }).sagaId, at, tries, impatient }
  }

  #end(sagaId: string): Promise<void> {
    return this.#ended.has(sagaId) ? Promise.resolve() : new Promise((resolve) => this.#waiting.set(sagaId, resolve))
  }

  #told({ command: { sagaId }, label, answer }: Emitted): void {
    if (answer.status !== 200) {
      this.#failure.reject(new Error(`tell saga ${sagaId} "${label}": ${answer.status} ${answer.text}`))
    }
    if (!this.#last.has(label)) return
    this.#ended.add(sagaId)
    this.#waiting.get(sagaId)?.()
    this.#waiting.delete(sagaId)
  }
}

const LAST: ReadonlySet<string> = new Set(['validationKO', 'checkOK', 'checkKO'])

/** The behaviour for `metadata.n`: every path through the machine, and every known fault of participants. */
const MANNERS: readonly ((command: Received) => Reaction)[] = [
  follows(CONFIRMS),
  follows(FAILS),
  follows({ validateReservation: 'validationKO' }),
  follows(CONFIRMS, { wait: 30 }),
  follows(CONFIRMS, { emitFirst: true }),
  follows(CONFIRMS, { emitFirst: true, wait: 40 }),
  (command) => (command.nth === 1 ? { status: 503 } : follows(CONFIRMS)(command)),
  (command) => follows(CONFIRMS, { cut: command.nth === 1 })(command),
]

function react(command: Received): Reaction {
  return (MANNERS[Number(command.payload['n']) % MANNERS.length] ?? follows(CONFIRMS))(command)
}
