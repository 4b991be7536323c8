import type { ObservedRun } from '../../../checker/observation.ts'
import type { SagaDocument } from '../../../../src/codec/saga-document.ts'
import type { Command, Saga, SagaId } from '../../../../src/engine/saga.ts'
import { assemble } from '../../../../src/orchestrator/assemble.ts'
import type { Orchestrator } from '../../../../src/orchestrator/orchestrator.ts'
import type { Channel } from '../../../../src/ports/channel.ts'
import type { Happening } from '../run-chance.ts'
import { Requests } from '../clients/requests.ts'
import { channelsOf, machineOf, SEND_TIMEOUT } from '../machines/simulated-machine.ts'
import { StatePaths } from '../machines/state-paths.ts'
import { SimulatedParticipants } from '../network/simulated-participants.ts'
import { SimulatedChannel } from '../network/simulated-channel.ts'
import { Fleet } from '../processes/fleet.ts'
import type { LoggedLine, ProcessHost } from '../processes/process-host.ts'
import { SILENT_METRICS } from '../processes/silent-metrics.ts'
import { documentOf, DurableSagas } from '../stores/durable-sagas.ts'
import type { StoreSite } from '../stores/store-line.ts'
import { STORES } from '../stores/store-kinds.ts'
import { SimulatedWorld } from '../simulated-world.ts'
import { Caretaker } from './caretaker.ts'
import { planOf } from './plan.ts'
import type { Plan, PlanOptions } from './plan.ts'

/** Options of `simulate`. */
export interface SimulationOptions extends PlanOptions {
  readonly seed: number
  /** Keys of happenings that are left out: a run that is shrunk. */
  readonly dropped?: ReadonlySet<string> | undefined
  /** Resolves once all work that waits for nothing is done, as `setImmediate` does. The only thing that a run needs of its host. */
  readonly nextTask: () => Promise<void>
  readonly logged?: ((line: LoggedLine) => void) | undefined
}

/** A run and what the simulator alone knows of it. */
export interface SimulatedRun extends ObservedRun {
  readonly seed: number
  readonly plan: Plan
  readonly happened: readonly Happening[]
  /** Virtual milliseconds of each observation. */
  readonly timeOf: (at: number) => number
  /** Actions of the scheduler. */
  readonly actions: number
}

/** Actions after which a run is cut off: sagas that have not ended by then are in it as they are. */
const MOST_ACTIONS = 20_000
/** Actions between two looks at the sagas of a calm run. */
const LOOK = 25
/** Longest stride of a time without actions. */
const LONGEST_STRIDE = 60_000

/** One run of the real corridor under a seed. The same seed gives the same run. */
export function simulate(options: SimulationOptions): Promise<SimulatedRun> {
  return new Simulation(options).run()
}

class Simulation {
  readonly #options: SimulationOptions
  readonly #world: SimulatedWorld
  readonly #plan: Plan
  readonly #sagas = new DurableSagas()
  readonly #site: StoreSite = { awayUntil: 0 }
  readonly #fleet: Fleet
  readonly #requests: Requests
  readonly #participants: SimulatedParticipants
  readonly #caretaker: Caretaker
  readonly #sends: { next: () => number }
  #actions = 0

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#world = new SimulatedWorld(options)
    const world = this.#world
    this.#plan = planOf(world.chance.stream('plan'), options)
    const { definition, odds, processes } = this.#plan
    world.chance.odds = odds
    let sends = 0
    this.#sends = { next: () => sends++ }
    this.#fleet = new Fleet(world, {
      size: processes,
      mayVanish: false,
      assemble: (host) => this.#assemble(host),
      logged: options.logged,
    })
    this.#requests = new Requests(world, this.#fleet)
    const post = (event: Parameters<Requests['handle']>[0]) => this.#requests.handle(event)
    this.#participants = new SimulatedParticipants(world, {
      definition,
      stateOf: (command) => this.#stateOf(command),
      post,
    })
    const paths = new StatePaths(definition)
    this.#caretaker = new Caretaker({ paths, participants: this.#participants, requests: this.#requests })
  }

  async run(): Promise<SimulatedRun> {
    const { nextTask } = this.#options
    const { agenda } = this.#world
    this.#fleet.start()
    this.#createSagas()
    agenda.after(this.#plan.calmAt, () => this.#calm())
    await nextTask()
    const strideTo = () => this.#strideTo()
    while (this.#actions < MOST_ACTIONS && agenda.runNext(strideTo)) {
      this.#actions++
      if (agenda.isAwake) await nextTask()
      agenda.isAwake = false
      if (this.#world.chance.isCalm && this.#actions % LOOK === 0 && this.#isOver()) break
    }
    return this.#result()
  }

  #createSagas(): void {
    const { agenda, chance } = this.#world
    const dice = chance.stream('sagas')
    for (let index = 0; index < this.#plan.sagas; index++) {
      const id = `s${index + 1}`
      if (!dice.part(`creation of ${id}`)) continue
      const creation = { id, entity: `entity-${index + 1}`, metadata: { index }, key: `key/create-${index + 1}` }
      agenda.after(dice.wait(0, 2_000), () => this.#requests.create(creation))
    }
  }

  #calm(): void {
    const { chance, log, clock } = this.#world
    chance.isCalm = true
    this.#site.awayUntil = 0
    log.note({ kind: 'calm', clock, process: 'world' })
    this.#fleet.calm()
  }

  /** True where every saga has come to its end. Sagas that stand still are set going. */
  #isOver(): boolean {
    if (this.#requests.open > 0 || !this.#world.agenda.isIdle) return false
    let isOver = true
    for (const { saga } of this.#sagas.all()) {
      if (saga.isFinal && saga.owed.length === 0 && saga.parked.length === 0 && saga.hold === undefined) continue
      isOver = false
      this.#caretaker.visit(saga)
    }
    return isOver
  }

  #strideTo(): number {
    const { agenda, clock } = this.#world
    const due = this.#sagas.nextDue(clock)
    return Math.min(
      agenda.now + LONGEST_STRIDE,
      due === undefined ? Number.POSITIVE_INFINITY : agenda.now + due - clock + 1,
    )
  }

  #assemble(host: ProcessHost): Orchestrator {
    const { store, definition, unexpectedEvents, retries } = this.#plan
    const world = this.#world
    const persistency = STORES[store].open({ world, host, sagas: this.#sagas, site: this.#site })
    const shared = { host, receiver: this.#participants, sends: this.#sends, timeout: SEND_TIMEOUT }
    const channels = new Map<string, Channel>(
      channelsOf(definition).map((id) => [id, new SimulatedChannel(world, { ...shared, id, retry: retries.get(id) })]),
    )
    return assemble({
      machine: machineOf(definition),
      persistency,
      channels,
      runtime: host.runtime,
      metrics: SILENT_METRICS,
      unexpectedEvents,
      parking: { limit: 5, timeToLive: 60_000 },
    })
  }

  /** The state whose entry made a command, by its step in the history. */
  #stateOf({ id, sagaId }: Command): string | undefined {
    const [step, index] = id.slice(sagaId.length + 1).split('/')
    return index === '0' ? this.#sagas.get(sagaId)?.history[Number(step)]?.state.id : undefined
  }

  #result(): SimulatedRun {
    const { log, chance } = this.#world
    const sagas = new Map<SagaId, { readonly head: Saga; readonly document: SagaDocument }>()
    for (const stored of this.#sagas.all())
      sagas.set(stored.saga.id, { head: stored.saga, document: documentOf(stored) })
    const { definition } = this.#plan
    return {
      seed: this.#options.seed,
      plan: this.#plan,
      happened: chance.happened,
      actions: this.#actions,
      timeOf: (at) => log.timeOf(at),
      observations: log.observations,
      machines: new Map([[machineOf(definition).hash, definition]]),
      sagas,
    }
  }
}
