import type { Command, SagaEvent } from '../../../../src/engine/saga.ts'
import { BulkOperators } from '../clients/bulk-operators.ts'
import { Operators } from '../clients/operators.ts'
import { Requests } from '../clients/requests.ts'
import { unionOf } from '../machines/deployed-machine.ts'
import type { MachineVersion } from '../machines/deployed-machine.ts'
import { StatePaths } from '../machines/state-paths.ts'
import { SimulatedBroker } from '../network/simulated-broker.ts'
import { SimulatedParticipants } from '../network/simulated-participants.ts'
import { PlayedRoles } from '../network/simulated-play.ts'
import { UnaskedEvents } from '../clients/unasked-events.ts'
import type { LoggedLine } from '../processes/process-host.ts'
import type { SimulatedService } from '../processes/service.ts'
import type { Dice } from '../run-chance.ts'
import { SimulatedWorld } from '../simulated-world.ts'
import { DurableRecords } from '../stores/durable-records.ts'
import { DurableSagas } from '../stores/durable-sagas.ts'
import { STORES } from '../stores/store-kinds.ts'
import type { StoreSite } from '../stores/store-line.ts'
import { Caretaker } from './caretaker.ts'
import { createSagas } from './create-sagas.ts'
import { planOf } from './plan.ts'
import type { Plan, PlanOptions } from './plan.ts'
import { playedPlanOf } from './played-service.ts'
import type { PlayedService } from './played-service.ts'
import { serviceOf } from './service-kit.ts'
import { hasOpenOperations, shownOperations } from './shown-operations.ts'
import { recordOf } from './simulated-run.ts'
import type { SimulatedRun } from './simulated-run.ts'
import { Weather } from './weather.ts'

/** Options of `simulate`. */
export interface SimulationOptions extends PlanOptions {
  readonly seed: number
  /** A machine of a user, whose participants act as a play says; other options of the plan have no effect then. */
  readonly played?: PlayedService | undefined
  /** Keys of happenings that are left out: a run that is shrunk. */
  readonly dropped?: ReadonlySet<string> | undefined
  /** Resolves once all work that waits for nothing is done, as `setImmediate` does. The only thing that a run needs of its host. */
  readonly nextTask: () => Promise<void>
  readonly logged?: ((line: LoggedLine) => void) | undefined
}

/** Actions after which a run is cut off: sagas that have not ended by then are in it as they are. */
const MOST_ACTIONS = 20_000
/** The same of a run with retention, which is longer. */
const MOST_OF_LONG = 60_000
/** Actions between two looks at the sagas of a calm run. */
const LOOK = 25
/** Longest stride of a time without actions; in a run of a user's machine, whose deadlines may be of days, to the next thing that is due. */
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
  /** Absent in a run without bulk operations. */
  readonly #records: DurableRecords | undefined
  readonly #site: StoreSite = { awayUntil: 0 }
  readonly #service: SimulatedService
  readonly #requests: Requests
  readonly #operators: Operators
  readonly #bulkOperators: BulkOperators
  readonly #caretaker: Caretaker
  readonly #weather: Weather
  readonly #posting: Dice
  readonly #broker: SimulatedBroker | undefined
  readonly #participants: SimulatedParticipants
  #version: MachineVersion
  #actions = 0

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#world = new SimulatedWorld(options)
    const [world, sagas, site] = [this.#world, this.#sagas, this.#site]
    const { played, logged } = options
    const dice = world.chance.stream('plan')
    const extras = world.chance.stream('plan of bulks')
    const plan = played === undefined ? planOf(dice, extras, options) : playedPlanOf(dice, played)
    const { operations, bulks, calmAt } = plan
    this.#records = bulks === 0 ? undefined : new DurableRecords()
    const records = this.#records
    const last = plan.versions[plan.lastVersion] as MachineVersion
    const definition = unionOf([...plan.versions, last])
    this.#plan = plan
    this.#version = plan.versions[0] as MachineVersion
    world.chance.odds = plan.odds
    this.#posting = world.chance.stream('posting')
    const roles = played && new PlayedRoles({ definition, play: played.play, isPrompt: played.isPlain })
    const receiver: SimulatedParticipants = new SimulatedParticipants(world, {
      definition,
      stateOf: (command) => this.#stateOf(command),
      enteredBy: (command) => this.#enteredBy(command),
      post: (event) => this.#post(event),
      roles,
    })
    this.#participants = receiver
    if (roles !== undefined) new UnaskedEvents(world, { roles, post: (event) => this.#post(event) }).start()
    let requested = 0
    const number = () => requested++
    const broker = plan.sourced === 0 ? undefined : new SimulatedBroker(world, plan.partitions)
    this.#broker = broker
    const version = () => this.#version
    this.#service = serviceOf({ world, plan, version, sagas, records, site, receiver, broker, number, logged })
    const channels = [...plan.retries.keys()]
    this.#weather = new Weather(world, { site, participants: receiver, channels, service: this.#service })
    const requests = new Requests(world, this.#service, number)
    this.#requests = requests
    this.#operators = new Operators(world, { sagas, requests, definition, actions: operations, within: calmAt })
    this.#bulkOperators = new BulkOperators(world, { requests, definition, bulks, within: calmAt })
    const paths = new StatePaths(definition)
    const { isRedelivered } = STORES[plan.store]
    this.#caretaker = new Caretaker({ paths, requests, isRedelivered, isBystander: played !== undefined })
  }

  async run(): Promise<SimulatedRun> {
    const { nextTask } = this.#options
    const { agenda, chance } = this.#world
    this.#begin()
    await nextTask()
    const strideTo = () => this.#strideTo()
    while (this.#actions < this.#most && agenda.runNext(strideTo)) {
      this.#actions++
      if (agenda.isAwake) await nextTask()
      agenda.isAwake = false
      if (chance.isCalm && this.#actions % LOOK === 0 && this.#isOver()) break
    }
    return this.#result()
  }

  #begin(): void {
    const { agenda, chance } = this.#world
    this.#broker?.start()
    this.#service.start()
    createSagas(this.#world, this.#plan, this.#requests)
    this.#operators.start()
    this.#bulkOperators.start()
    this.#weather.start()
    const { versions, deployAt } = this.#plan
    if (versions.length > 1 && chance.stream('deploy').part('deploy of the second version'))
      agenda.after(deployAt, () => this.#deploy(1))
    agenda.after(this.#plan.calmAt, () => this.#calm())
  }

  /** A participant's event, on one of the ways into the service. */
  #post(event: SagaEvent): void {
    if (this.#posting.is(this.#plan.sourced)) this.#broker?.append(event)
    else this.#requests.handle(event)
  }

  #calm(): void {
    const { chance, log, clock } = this.#world
    chance.isCalm = true
    this.#weather.clear()
    log.note({ kind: 'calm', clock, process: 'world' })
    this.#service.calm()
    this.#deploy(this.#plan.lastVersion)
  }

  #deploy(index: number): void {
    const version = this.#plan.versions[index] ?? this.#version
    if (version === this.#version) return
    this.#version = version
    this.#service.rollOut()
  }

  get #most(): number {
    return this.#plan.retention === undefined ? MOST_ACTIONS : MOST_OF_LONG
  }

  /** True where every saga has come to its end. Sagas that stand still are set going. */
  #isOver(): boolean {
    if (this.#requests.open > 0 || this.#broker?.isSettled === false) return false
    const isWorking = hasOpenOperations(this.#records)
    const isQuiet = this.#world.agenda.isIdle
    let [isOver, isWaiting] = [isQuiet && !isWorking, this.#options.played !== undefined]
    for (const { saga } of this.#sagas.all()) {
      if (saga.isFinal && saga.owed.length === 0 && saga.parked.length === 0 && saga.hold === undefined) continue
      if (saga.owed.length > 0 || saga.parked.length > 0) isWaiting = false
      if (!this.#caretaker.visit(saga, isQuiet)) isOver = false
    }
    if (isWaiting) this.#sleep()
    return isOver
  }

  /** Deadlines alone are left, perhaps of days. */
  #sleep(): void {
    const { agenda, clock } = this.#world
    const due = this.#sagas.nextDue(clock)
    if (due !== undefined) agenda.sleepUntil(agenda.now + due - clock)
  }

  #strideTo(): number {
    const { agenda, clock } = this.#world
    const due = this.#sagas.nextDue(clock) ?? Number.POSITIVE_INFINITY
    const isShort = this.#options.played === undefined || due === Number.POSITIVE_INFINITY
    const longest = isShort ? LONGEST_STRIDE : Number.POSITIVE_INFINITY
    return agenda.now + Math.min(longest, due - clock + 1)
  }

  /** The state whose entry made a command, by its step in the history. */
  #stateOf(command: Command): string | undefined {
    return command.id.endsWith('/0') ? this.#enteredBy(command) : undefined
  }

  #enteredBy({ id, sagaId }: Command): string | undefined {
    return this.#sagas.get(sagaId)?.history[Number.parseInt(id.slice(sagaId.length + 1), 10)]?.state.id
  }

  async #result(): Promise<SimulatedRun> {
    const [world, sagas, plan] = [this.#world, this.#sagas, this.#plan]
    const { acts } = this.#participants
    const [actions, { seed }] = [this.#actions, this.#options]
    const operations = await shownOperations(this.#records)
    return recordOf({ seed, world, sagas, operations, plan, acts, actions, isCut: actions >= this.#most })
  }
}
