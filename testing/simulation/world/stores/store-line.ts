import type { Duration, SagaId } from '../../../../src/engine/saga.ts'
import { BatutaError } from '../../../../src/errors.ts'
import type { Dice } from '../run-chance.ts'
import { STALL } from '../simulated-faults.ts'
import type { SimulatedFault } from '../simulated-faults.ts'
import { never } from '../simulated-world.ts'
import type { SimulatedHost, SimulatedWorld } from '../simulated-world.ts'

/** The state of the server or the network behind which all sagas are, for every process alike. */
export interface StoreSite {
  /** Instant of the agenda until which no call is answered. */
  awayUntil: number
}

/** A write on its way. */
export interface TravellingWrite<T> {
  /** The same for every try of the same write (P6). */
  readonly id?: string | undefined
  readonly apply: () => T
  /** A write of another process that comes first. Absent: there is no other process. */
  readonly overtake?: (() => void) | undefined
  /** It has no condition, so that it may not come after others: the store has it in time, or never. */
  readonly isBare?: boolean | undefined
  /** The answer of a store without room for it; absent where the write adds nothing, which must always fit (P24). */
  readonly refused?: T | undefined
}

/** Time from a call to its arrival, and from its application to its answer. */
const TRAVEL = { least: 0, most: 20 }
/** Part of the answers that come at the instant at which the store gives them. */
const PROMPT = 0.7
/** The same of a call that is slow, and the time after which a call without an answer throws. */
const SLOW = { least: 500, most: 15_000 }
const TIMEOUT = { least: 50, most: 5_000 }
/** Time after which a write that was given up may still be applied. */
const LATE: Duration = 60_000

/**
 * The way of one process to its store: each call arrives, is applied and is answered at instants that chance decides, and each of the
 * three may fail. A throw says nothing of the fate of a write (P6).
 */
export class StoreLine {
  readonly #world: SimulatedWorld
  readonly #host: SimulatedHost
  readonly #site: StoreSite
  /** Where a write may be applied after its time-out: only behind a condition, which then does not hold any more (P2). */
  readonly #isGuarded: boolean
  readonly #dice = new Map<SagaId, Dice>()
  /** Writes of which another copy is on its way, or has arrived: a write that fits once fits each time. */
  readonly #fitting = new Set<string | undefined>()

  constructor(
    world: SimulatedWorld,
    host: SimulatedHost,
    { site, isGuarded }: { readonly site: StoreSite; readonly isGuarded: boolean },
  ) {
    this.#world = world
    this.#host = host
    this.#site = site
    this.#isGuarded = isGuarded
  }

  /** A read of one saga, or of a page (`id` is then a word of its own). */
  read<T>(id: SagaId, read: () => T | Promise<T>): Promise<T> {
    const dice = this.#diceOf(id)
    return this.#call(dice, (call) => {
      if (dice.fault('read-lost')) return call.fail(dice.wait(TIMEOUT.least, TIMEOUT.most))
      this.#world.agenda.after(this.#travel(dice), () => call.answer(read()))
    })
  }

  /** A write of one saga, or of a record (`id` is then a word of its own), which may be applied later, twice or never. */
  write<T>(id: SagaId, write: TravellingWrite<T>): Promise<T> {
    const dice = this.#diceOf(id)
    const { agenda } = this.#world
    const { apply, id: writeId, isBare = false } = write
    const isGuarded = this.#isGuarded && !isBare
    const applyLater = (wait: Duration) => {
      this.#fitting.add(writeId)
      agenda.after(wait, () => void apply())
    }
    return this.#call(dice, (call) => {
      const travel = this.#isGuarded ? this.#travel(dice) : 0
      if (dice.fault('write-lost')) return call.fail(dice.wait(TIMEOUT.least, TIMEOUT.most))
      if (dice.fault('write-unanswered')) {
        applyLater(travel)
        return call.fail(travel + dice.wait(TIMEOUT.least, TIMEOUT.most))
      }
      if (dice.fault('write-late') && isGuarded) {
        const timeout = dice.wait(TIMEOUT.least, TIMEOUT.most)
        applyLater(timeout + dice.wait(0, LATE))
        return call.fail(timeout)
      }
      if (dice.fault('write-doubled') && isGuarded) applyLater(travel + dice.wait(0, LATE))
      agenda.after(travel, () => call.answer(this.#applied(dice, write)))
    })
  }

  /** A call within the process, which is applied as it is made: only the process may end before it or after it. */
  local<T>(id: SagaId, act: () => T): Promise<T> {
    const dice = this.#diceOf(id)
    return this.#call(dice, (call) => call.answer(act()))
  }

  #applied<T>(dice: Dice, { id, apply, overtake, refused }: TravellingWrite<T>): T {
    const isTooLarge = refused !== undefined && dice.fault('write-too-large')
    if (isTooLarge && !this.#fitting.has(id)) return refused
    if (dice.fault('write-overtaken')) overtake?.()
    return apply()
  }

  /** Sends a call, unless the process is gone or goes now. What was sent arrives although the process is gone. */
  #call<T>(dice: Dice, send: (call: StoreCall<T>) => void): Promise<T> {
    const host = this.#host
    if (host.isGone) return never()
    if (this.#crashes(dice, 'crash-before-call')) return never()
    if (dice.fault('stall-in-call')) host.stall(dice.wait(STALL.least, STALL.most))
    const call = new StoreCall<T>(this.#world, { host, dice })
    const away = this.#site.awayUntil - this.#world.agenda.now
    if (away > 0) call.fail(dice.wait(TIMEOUT.least, TIMEOUT.most))
    else send(call)
    this.#crashes(dice, 'crash-after-call')
    return call.promise
  }

  #crashes(dice: Dice, kind: SimulatedFault): boolean {
    if (!dice.fault(kind)) return false
    this.#host.crash()
    return true
  }

  #travel(dice: Dice): Duration {
    return dice.fault('store-slow') ? dice.wait(SLOW.least, SLOW.most) : dice.wait(TRAVEL.least, TRAVEL.most)
  }

  #diceOf(id: SagaId): Dice {
    const known = this.#dice.get(id)
    if (known !== undefined) return known
    const dice = this.#world.chance.stream(`${this.#host.name} store ${id}`)
    this.#dice.set(id, dice)
    return dice
  }
}

/** One call on its way back. */
class StoreCall<T> {
  readonly promise: Promise<T>
  readonly #world: SimulatedWorld
  readonly #host: SimulatedHost
  readonly #dice: Dice
  readonly #resolve: (value: T | Promise<T>) => void
  readonly #reject: (thrown: unknown) => void

  constructor(world: SimulatedWorld, { host, dice }: { readonly host: SimulatedHost; readonly dice: Dice }) {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.promise = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#world = world
    this.#host = host
    this.#dice = dice
  }

  /** The call throws after a while. */
  fail(wait: Duration): void {
    const why = 'use the simulated store: no answer in time'
    this.#world.agenda.after(wait, () => this.#reject(new BatutaError('store-unavailable', why)), this.#host)
  }

  /** The store has answered: the answer goes back, which takes time or none. */
  answer(value: T | Promise<T>): void {
    const [dice, host, { agenda }] = [this.#dice, this.#host, this.#world]
    if (host.isGone) return
    if (dice.fault('crash-before-answer')) return host.crash()
    if (dice.fault('crash-after-answer')) agenda.after(TRAVEL.most, () => host.crash(), host)
    if (!dice.is(PROMPT) || host.stalledUntil > agenda.now)
      return void agenda.after(dice.wait(TRAVEL.least, TRAVEL.most), () => this.#resolve(value), host)
    agenda.isAwake = true
    this.#resolve(value)
  }
}
