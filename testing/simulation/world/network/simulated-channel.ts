import type { Command, Duration, SagaId } from '../../../../src/engine/saga.ts'
import type { Channel, ChannelRetry, FlowLimits, Sent } from '../../../../src/ports/channel.ts'
import type { Dice } from '../run-chance.ts'
import { STALL } from '../simulated-faults.ts'
import { never } from '../simulated-world.ts'
import type { SimulatedHost, SimulatedWorld } from '../simulated-world.ts'

/** The receivers of commands, for all processes. */
export interface Receiver {
  receive(command: Command): Sent
  /** Instant of the agenda until which the participants of a channel answer nobody. */
  awayUntil(channel: string): number
}

/** Numbers the sends of a run. */
export interface SendCounter {
  next(): number
}

/** Options of `SimulatedChannel`. */
export interface SimulatedChannelOptions {
  readonly id: string
  readonly timeout: Duration
  readonly retry: ChannelRetry | undefined
  readonly limits: FlowLimits | undefined
  readonly host: SimulatedHost
  readonly receiver: Receiver
  readonly sends: SendCounter
}

/** Time of one way. */
const TRAVEL = { least: 0, most: 30 }
/** Time after its time-out at which a command may still arrive. */
const LATE: Duration = 60_000

/** The way of one process to one participant. A send that fails says nothing about the command (P15). */
export class SimulatedChannel implements Channel {
  readonly id: string
  readonly timeout: Duration
  readonly retry: ChannelRetry | undefined
  readonly limits: FlowLimits | undefined
  readonly #world: SimulatedWorld
  readonly #options: SimulatedChannelOptions
  readonly #dice = new Map<SagaId, Dice>()

  constructor(world: SimulatedWorld, options: SimulatedChannelOptions) {
    this.#world = world
    this.#options = options
    this.id = options.id
    this.timeout = options.timeout
    this.retry = options.retry
    this.limits = options.limits
  }

  send(command: Command): Promise<Sent> {
    const { host, sends } = this.#options
    const dice = this.#diceOf(command.sagaId)
    if (host.isGone) return never()
    if (dice.fault('crash-before-call')) {
      host.crash()
      return never()
    }
    const { promise, resolve } = Promise.withResolvers<Sent>()
    const send = sends.next()
    this.#world.log.note({ kind: 'departed', clock: host.wallClock(), process: host.name, command, send })
    this.#travel({
      command,
      send,
      dice,
      conclude: (wait, sent) => this.#concluded({ command, send, sent, wait, resolve }),
    })
    if (dice.fault('stall-in-call')) host.stall(dice.wait(STALL.least, STALL.most))
    if (dice.fault('crash-after-call')) host.crash()
    return promise
  }

  async probe(): Promise<{ readonly ok: true }> {
    return { ok: true }
  }

  async close(): Promise<void> {}

  #travel(travelling: Travelling): void {
    const { dice, conclude } = travelling
    const { agenda } = this.#world
    const there = dice.fault('send-slow')
      ? dice.wait(TRAVEL.most, this.timeout / 2)
      : dice.wait(TRAVEL.least, TRAVEL.most)
    const back = dice.wait(TRAVEL.least, TRAVEL.most)
    const isAway = this.#options.receiver.awayUntil(this.id) > agenda.now
    if (isAway || dice.fault('send-lost')) return conclude(dice.is(1 / 2) ? there : this.timeout, LOST)
    if (dice.fault('send-late')) {
      agenda.after(this.timeout + dice.wait(0, LATE), () => void this.#arrive(travelling))
      return conclude(this.timeout, LOST)
    }
    if (dice.fault('send-doubled')) agenda.after(there + dice.wait(0, LATE), () => void this.#arrive(travelling))
    const isUnanswered = dice.fault('send-unanswered')
    if (isUnanswered) conclude(this.timeout, LOST)
    agenda.after(there, () => {
      const sent = this.#arrive(travelling)
      if (!isUnanswered) conclude(back, sent)
    })
  }

  #arrive({ command, send }: Travelling): Sent {
    const { host, receiver } = this.#options
    this.#world.log.note({ kind: 'arrived', clock: host.wallClock(), process: host.name, command, send })
    return receiver.receive(command)
  }

  #concluded({ command, send, sent, wait, resolve }: Conclusion): void {
    const { host } = this.#options
    const dice = this.#diceOf(command.sagaId)
    const conclude = () => {
      if (dice.fault('crash-before-answer')) return host.crash()
      const { name: process } = host
      this.#world.log.note({ kind: 'concluded', clock: host.wallClock(), process, command, send, result: sent })
      resolve(sent)
      if (dice.fault('crash-after-answer')) this.#world.agenda.after(0, () => host.crash(), host)
    }
    this.#world.agenda.after(wait, conclude, host)
  }

  #diceOf(id: SagaId): Dice {
    const known = this.#dice.get(id)
    if (known !== undefined) return known
    const dice = this.#world.chance.stream(`${this.#options.host.name} channel ${this.id} ${id}`)
    this.#dice.set(id, dice)
    return dice
  }
}

const LOST: Sent = Object.freeze({ kind: 'unreachable', why: 'no answer within the time-out' })

interface Travelling {
  readonly command: Command
  readonly send: number
  readonly dice: Dice
  /** The end of the send as the process learns it, `wait` ms from now. */
  readonly conclude: (wait: Duration, sent: Sent) => void
}

interface Conclusion {
  readonly command: Command
  readonly send: number
  readonly sent: Sent
  readonly wait: Duration
  readonly resolve: (sent: Sent) => void
}
