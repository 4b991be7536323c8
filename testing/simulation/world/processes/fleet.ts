import type { Duration } from '../../../../src/engine/saga.ts'
import type { Dice } from '../run-chance.ts'
import { STALL } from '../simulated-faults.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import { ProcessHost } from './process-host.ts'
import type { LoggedLine } from './process-host.ts'
import type { ServiceProcess, SimulatedService } from './service.ts'

/** A process that is ready to begin. */
export interface FleetProcess extends ServiceProcess {
  /** Starts recovery and the source. */
  begin(): void
}

/** Options of `Fleet`. */
export interface FleetOptions {
  readonly size: number
  readonly mayVanish: boolean
  readonly assemble: (host: ProcessHost) => FleetProcess
  readonly logged?: ((line: LoggedLine) => void) | undefined
}

/** Time from an end to the next start; time for a stop; amount of a clock that is set. */
const DOWN = { least: 10, most: 30_000 }
const STOP: Duration = 10_000
const SKEW = { least: 10, most: 8_000 }
const JUMP = { least: 500, most: 120_000 }
/** Time between the stops of a rolling deploy. */
const ROLL = { least: 100, most: 20_000 }
/** Interval at which a process may meet a fault of its own. */
const LOOK: Duration = 2_000

/** The processes of one service over one store: each ends and starts again. */
export class Fleet implements SimulatedService {
  readonly #world: SimulatedWorld
  readonly #options: FleetOptions
  readonly #slots: Slot[]

  constructor(world: SimulatedWorld, options: FleetOptions) {
    this.#world = world
    this.#options = options
    this.#slots = Array.from({ length: options.size }, (_, index) => ({
      name: `p${index + 1}`,
      starts: 0,
      running: undefined,
      isStopping: false,
      dice: world.chance.stream(`process p${index + 1}`),
    }))
  }

  /** Starts all of them; from then on each meets its faults. */
  start(): void {
    for (const slot of this.#slots) {
      this.#start(slot)
      this.#world.agenda.every(LOOK, () => this.#meetFaults(slot), undefined)
    }
  }

  running(): readonly ServiceProcess[] {
    return this.openFor()
  }

  openFor(): readonly ServiceProcess[] {
    return this.#slots.flatMap(({ running, isStopping }) => (running === undefined || isStopping ? [] : [running]))
  }

  calm(): void {
    for (const slot of this.#slots) {
      slot.running?.host.setClock(0)
      if (slot.running !== undefined) slot.running.host.stalledUntil = 0
      else if (!slot.isStopping) this.#start(slot)
    }
  }

  /** Each process is stopped, one after the other, and starts again with what is current then. */
  rollOut(): void {
    let wait = 0
    for (const slot of this.#slots) {
      wait += this.#world.chance.isCalm ? 1 : slot.dice.wait(ROLL.least, ROLL.most)
      this.#world.agenda.after(wait, () => {
        if (slot.running !== undefined && !slot.isStopping) this.#stop(slot, slot.running)
      })
    }
  }

  #start(slot: Slot): void {
    if (slot.running !== undefined) return
    const { dice } = slot
    const { logged, mayVanish } = this.#options
    const skew = dice.fault('clock-skew') ? amount(dice, SKEW) : 0
    const name = `${slot.name}/${++slot.starts}`
    const host: ProcessHost = new ProcessHost(this.#world, {
      name,
      skew,
      mayVanish,
      logged,
      onCrash: () => this.#ended(slot, host),
    })
    this.#world.log.note({ kind: 'started', clock: host.wallClock(), process: name })
    const process = this.#options.assemble(host)
    slot.running = process
    slot.isStopping = false
    this.#world.agenda.isAwake = true
    process.begin()
  }

  #ended(slot: Slot, host: ProcessHost): void {
    if (slot.running?.host !== host) return
    slot.running = undefined
    slot.isStopping = false
    const wait = this.#world.chance.isCalm ? DOWN.least : slot.dice.wait(DOWN.least, DOWN.most)
    this.#world.agenda.after(wait, () => this.#start(slot))
  }

  #meetFaults(slot: Slot): void {
    const { dice, running, isStopping } = slot
    if (running === undefined) return
    const { host } = running
    if (dice.fault('crash')) return host.crash()
    if (dice.fault('stall')) host.stall(dice.wait(STALL.least, STALL.most))
    if (dice.fault('clock-jump')) host.setClock(amount(dice, JUMP))
    if (!isStopping && dice.fault('stop')) this.#stop(slot, running)
  }

  /** As `src/start.ts` does: the sources leave first, then bulk operations end after their pages. */
  #stop(slot: Slot, { host, orchestrator, control, source }: ServiceProcess): void {
    slot.isStopping = true
    const stopped = () => {
      if (host.isGone) return
      this.#world.log.note({ kind: 'stopped', clock: host.wallClock(), process: host.name })
      host.vanish()
      this.#ended(slot, host)
    }
    this.#world.agenda.isAwake = true
    const left = source === undefined ? Promise.resolve() : source.close()
    const ended = control === undefined ? left : left.then(() => control.stop(STOP / 2))
    ended.then(() => orchestrator.stop(STOP)).then(stopped, stopped)
  }
}

interface Slot {
  readonly name: string
  readonly dice: Dice
  starts: number
  running: ServiceProcess | undefined
  isStopping: boolean
}

function amount(dice: Dice, { least, most }: { readonly least: number; readonly most: number }): number {
  return dice.is(1 / 2) ? dice.wait(least, most) : -dice.wait(least, most)
}
