import type { Duration, Instant, SagaId } from '../../../../src/engine/saga.ts'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Orchestrator } from '../../../../src/orchestrator/orchestrator.ts'
import type { Cancel } from '../../../../src/ports/runtime.ts'
import type { Dice } from '../run-chance.ts'
import { STALL } from '../simulated-faults.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import type { ObjectAlarm, SimulatedObjectStore } from '../stores/object-store.ts'
import { ProcessHost } from './process-host.ts'
import type { LoggedLine } from './process-host.ts'
import type { ServiceProcess, SimulatedService } from './service.ts'

/** An orchestrator in the object of its saga. */
export interface AssembledObject {
  readonly store: SimulatedObjectStore
  readonly orchestrator: Orchestrator
}

/** Options of `ObjectFleet`. */
export interface ObjectFleetOptions {
  readonly assemble: (host: ProcessHost, saga: SagaId, alarm: ObjectAlarm) => AssembledObject
  readonly logged?: ((line: LoggedLine) => void) | undefined
}

/** Time without a request or an alarm after which the platform may take an object out of memory. */
const IDLE: Duration = 10_000

/**
 * One object for each saga (P19): it starts with a request or with its alarm, and the platform ends it whenever it likes. An alarm that
 * was set rings, whatever happened to the process that set it; one whose handler did not end rings again.
 */
export class ObjectFleet implements SimulatedService {
  readonly #world: SimulatedWorld
  readonly #options: ObjectFleetOptions
  readonly #objects = new Map<SagaId, SagaObject>()

  constructor(world: SimulatedWorld, options: ObjectFleetOptions) {
    this.#world = world
    this.#options = options
  }

  start(): void {}

  calm(): void {
    for (const { running } of this.#objects.values()) if (running !== undefined) running.host.stalledUntil = 0
  }

  /** The platform ends every object, whatever it does. */
  rollOut(): void {
    for (const { running } of this.#objects.values()) running?.host.crash()
  }

  running(): readonly ServiceProcess[] {
    return [...this.#objects.values()].flatMap(({ running }) => running ?? [])
  }

  openFor(saga: SagaId): readonly ServiceProcess[] {
    return [this.#running(this.#objectOf(saga))]
  }

  #objectOf(saga: SagaId): SagaObject {
    const known = this.#objects.get(saga)
    if (known !== undefined) return known
    const made: SagaObject = {
      saga,
      dice: this.#world.chance.stream(`object ${saga}`),
      starts: 0,
      running: undefined,
      alarm: undefined as unknown as SettableAlarm,
    }
    made.alarm = new SettableAlarm(this.#world, () => this.#ring(made))
    this.#objects.set(saga, made)
    return made
  }

  #running(object: SagaObject): RunningObject {
    if (object.running !== undefined) return object.running
    const { agenda, log } = this.#world
    const { logged } = this.#options
    const name = `${object.saga}/${++object.starts}`
    const host: ProcessHost = new ProcessHost(this.#world, {
      name,
      skew: 0,
      mayVanish: true,
      logged,
      onCrash: () => this.#ended(object, host),
    })
    log.note({ kind: 'started', clock: host.wallClock(), process: name })
    const running = { host, ...this.#options.assemble(host, object.saga, object.alarm) }
    object.running = running
    agenda.isAwake = true
    agenda.after(IDLE, () => this.#meetFaults(object, running), host)
    return running
  }

  #ended(object: SagaObject, host: ProcessHost): void {
    if (object.running?.host === host) object.running = undefined
  }

  #meetFaults(object: SagaObject, running: RunningObject): void {
    const { agenda } = this.#world
    const { dice } = object
    if (dice.fault('stall')) running.host.stall(dice.wait(STALL.least, STALL.most))
    // Taken out of memory, with or without work under way.
    if (dice.fault('crash')) return running.host.crash()
    if (this.#world.chance.isCalm) return
    agenda.after(IDLE, () => this.#meetFaults(object, running), running.host)
  }

  /** As the object of the service does: the next alarm first, then the work. */
  #ring(object: SagaObject): void {
    const { host, store, orchestrator } = this.#running(object)
    const { alarm } = object
    const { agenda } = this.#world
    alarm.set(host.wallClock() + DEFAULTS.alarmGuard)
    agenda.isAwake = true
    const tend = async (): Promise<void> => {
      const id = store.hosted
      const { again } = id === undefined ? { again: DEFAULTS.sweep } : await orchestrator.wake(id)
      const now = host.wallClock()
      if (!host.isGone) store.arm(now, now + again)
    }
    tend().catch(() => {
      if (!host.isGone) alarm.set(host.wallClock() + DEFAULTS.retryLongest)
    })
  }
}

interface RunningObject extends ServiceProcess {
  readonly store: SimulatedObjectStore
}

interface SagaObject {
  readonly saga: SagaId
  readonly dice: Dice
  alarm: SettableAlarm
  starts: number
  running: RunningObject | undefined
}

/** An alarm of the platform. */
class SettableAlarm implements ObjectAlarm {
  at: Instant | undefined
  readonly #world: SimulatedWorld
  readonly #ring: () => void
  #cancel: Cancel | undefined

  constructor(world: SimulatedWorld, ring: () => void) {
    this.#world = world
    this.#ring = ring
  }

  set(at: Instant | undefined): void {
    const { agenda, clock } = this.#world
    this.#cancel?.()
    this.at = at
    this.#cancel =
      at === undefined
        ? undefined
        : agenda.after(Math.max(1, at - clock), () => {
            this.at = undefined
            this.#ring()
          })
  }
}
