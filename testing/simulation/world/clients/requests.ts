import type { AnyAnswer, Observation } from '../../../checker/observation.ts'
import type { SagaEvent, SagaId } from '../../../../src/engine/saga.ts'
import { reasonOf } from '../../../../src/errors.ts'
import type { BulkCancellation, BulkRequest } from '../../../../src/orchestrator/bulk/bulk-operation.ts'
import type { BulkOperations } from '../../../../src/orchestrator/bulk/bulk-operations.ts'
import type { CreateRequest } from '../../../../src/orchestrator/corridor.ts'
import type { SagaOperation } from '../../../../src/orchestrator/operators/saga-operation.ts'
import type { Unavailable } from '../../../../src/orchestrator/undone.ts'
import type { Dice } from '../run-chance.ts'
import type { ServiceProcess, SimulatedService } from '../processes/service.ts'
import type { SimulatedWorld } from '../simulated-world.ts'

/** A request as its client keeps it: the same at every repeat. */
interface ClientRequest {
  readonly name: string
  readonly sagaId: SagaId
  readonly by: Extract<Observation, { kind: 'asked' }>['by']
  readonly call: (process: ServiceProcess) => Promise<AnyAnswer | Unavailable>
  readonly dice: Dice
  /** A client that has its answer does not send the request again, unless by mistake. */
  isDone: boolean
}

/** Time of a request to its process; time after which a client without an answer sends it again; wait after a failure. */
const TRAVEL = { least: 0, most: 30 }
const PATIENCE = { least: 12_000, most: 40_000 }
const IMPATIENCE = { least: 1, most: 300 }
const BACKOFF = { least: 50, most: 5_000 }
const REPEAT = { least: 1, most: 120_000 }

/** The clients of the HTTP door: each sends its request until it has an answer that is not to be repeated. */
export class Requests {
  readonly #world: SimulatedWorld
  readonly #service: SimulatedService
  readonly #open = new Set<ClientRequest>()
  readonly #number: () => number

  /** `number`: a number of its own for each request of the run. */
  constructor(world: SimulatedWorld, service: SimulatedService, number: () => number) {
    this.#number = number
    this.#world = world
    this.#service = service
  }

  /** Requests without a final answer yet. */
  get open(): number {
    return this.#open.size
  }

  /** `client`: who asks, where the same is asked for again by mistake. */
  create(creation: CreateRequest, client = ''): void {
    const name = `creation ${creation.id} ${JSON.stringify(creation.metadata)}${client}`
    const by = { door: 'creation', creation } as const
    this.#begin({ name, sagaId: creation.id, by, call: (to) => to.orchestrator.create(creation) })
  }

  handle(event: SagaEvent): void {
    const name = `event ${event.id}`
    this.#begin({
      name,
      sagaId: event.sagaId,
      by: { door: 'event', event },
      call: (to) => to.orchestrator.handle(event),
    })
  }

  operate(operation: SagaOperation): void {
    const { id, sagaId } = operation
    this.#begin({
      name: `operation ${id}`,
      sagaId,
      by: { door: 'operator', operation },
      call: (to) => to.orchestrator.operate(operation),
    })
  }

  /** `client`: who asks, since several may ask for the same. */
  bulk(bulk: BulkRequest, client: string): void {
    const name = `bulk ${bulk.id} ${client}`
    this.#begin({ name, sagaId: ANY, by: { door: 'bulk', bulk }, call: (to) => inBulk(to, (all) => all.begin(bulk)) })
  }

  endBulk(id: string, cancellation: BulkCancellation): void {
    const by = { door: 'bulk-end', id, cancellation } as const
    const call = (to: ServiceProcess) => inBulk(to, (all) => all.cancel(id, cancellation))
    this.#begin({ name: `end of bulk ${id}`, sagaId: ANY, by, call })
  }

  #begin(given: Omit<ClientRequest, 'dice' | 'isDone'>): void {
    const dice = this.#world.chance.stream(`request ${given.name}`)
    const request: ClientRequest = { ...given, dice, isDone: false }
    this.#open.add(request)
    this.#send(request)
    if (dice.fault('request-impatient')) this.#sendIn(request, dice.wait(IMPATIENCE.least, IMPATIENCE.most))
    if (dice.fault('request-repeated')) this.#sendIn(request, dice.wait(REPEAT.least, REPEAT.most))
  }

  #sendIn(request: ClientRequest, wait: number): void {
    this.#world.agenda.after(wait, () => this.#send(request))
  }

  #send(request: ClientRequest): void {
    const { dice } = request
    const open = this.#service.openFor(request.sagaId)
    if (open.length === 0) return this.#sendIn(request, dice.wait(BACKOFF.least, BACKOFF.most))
    const process = dice.among(open)
    this.#world.agenda.after(dice.wait(TRAVEL.least, TRAVEL.most), () => this.#arrive(request, process))
  }

  /** The request reaches its process, or a connection that nothing listens on. */
  #arrive(request: ClientRequest, to: ServiceProcess): void {
    const { dice, by, call } = request
    const { host } = to
    if (host.isGone) return this.#again(request)
    const number = this.#number()
    const { name: process } = host
    this.#world.log.note({ kind: 'asked', clock: host.wallClock(), process, request: number, by })
    let isAnswered = false
    const patience = this.#world.agenda.after(dice.wait(PATIENCE.least, PATIENCE.most), () => {
      if (!isAnswered && !request.isDone) this.#send(request)
    })
    const answered = (answer: AnyAnswer | Unavailable) => {
      if (host.isGone) return
      isAnswered = true
      patience()
      this.#world.log.note({ kind: 'answered', clock: host.wallClock(), process, request: number, answer })
      if (isToRepeat(answer)) return this.#again(request)
      request.isDone = true
      this.#open.delete(request)
    }
    this.#world.agenda.isAwake = true
    call(to).then(answered, (thrown: unknown) => {
      throw thrown // a door never rejects: the run fails
    })
  }

  #again(request: ClientRequest): void {
    if (request.isDone) return
    this.#sendIn(request, request.dice.wait(BACKOFF.least, BACKOFF.most))
  }
}

/** Any process takes a request about many sagas. */
const ANY = 'any'

/** As the HTTP door does: a store that is away makes a 503. */
function inBulk<T>({ control }: ServiceProcess, ask: (all: BulkOperations) => Promise<T>): Promise<T | Unavailable> {
  const operations = control?.bulk?.operations
  if (operations === undefined) throw new Error('ask for a bulk operation: the run has none')
  return ask(operations).catch((thrown: unknown) => ({ kind: 'unavailable', why: reasonOf(thrown) }))
}

/** Answers after which a client sends the same request again: 429 and 503. */
const REPEATED: ReadonlySet<string> = new Set(['unavailable', 'unreadable', 'stranded', 'parking-full', 'too-many'])

function isToRepeat({ kind }: AnyAnswer | Unavailable): boolean {
  return REPEATED.has(kind)
}
