import type { Command, Duration, SagaEvent, SagaId } from '../../../../src/engine/saga.ts'
import type { Sent } from '../../../../src/ports/channel.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { Dice } from '../run-chance.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import { StatePaths } from '../machines/state-paths.ts'
import type { PlayedRoles } from './simulated-play.ts'

/** Sends an event to the service, and repeats it as its client does. */
export type Post = (event: SagaEvent) => void

/** Options of `SimulatedParticipants`. */
export interface ParticipantsOptions {
  readonly definition: MachineDefinition
  /** The state whose entry has owed a command, where it is known. */
  readonly stateOf: (command: Command) => string | undefined
  readonly post: Post
  /** Participants act as a play says. Absent: any listed event, and at the end of a run those that lead to an end. */
  readonly roles?: PlayedRoles | undefined
  /** The state whose entry has owed a command or a side effect. */
  readonly enteredBy: (command: Command) => string | undefined
}

/** A participant acted on a command: what it is asked for has been done. A repeat under the same id is none. */
export interface ParticipantAct {
  readonly command: Command
  /** Virtual milliseconds. */
  readonly time: number
  /** Event with which it answers; absent: none. */
  readonly answer?: string | undefined
}

/** Steps after which participants lead a saga to its end. */
const LONG = 12
/** Time from a command to its event. */
const WORK = { least: 1, most: 4_000 }
const SLOW_WORK = { least: 5_000, most: 90_000 }
/** Events that do not fit, beside one. */
const MOST_MISPLACED = 2
/** Milliseconds before and after a deadline. */
const AROUND = 40
const EARLY = { least: 0, most: 5 }

/**
 * All participants of a run. Each acts on a command once and answers with an event that the command's state lists; a repeat is answered
 * with the same event under the same id.
 */
export class SimulatedParticipants {
  readonly #world: SimulatedWorld
  readonly #options: ParticipantsOptions
  readonly #paths: StatePaths
  readonly acts: ParticipantAct[] = []
  /** Event of each command that was acted on. */
  readonly #acted = new Map<string, PlannedEvent | undefined>()
  readonly #dice = new Map<SagaId, Dice>()
  readonly #awayUntil = new Map<string, number>()

  constructor(world: SimulatedWorld, options: ParticipantsOptions) {
    this.#world = world
    this.#options = options
    this.#paths = new StatePaths(options.definition)
  }

  awayUntil(channel: string): number {
    return this.#awayUntil.get(channel) ?? 0
  }

  /** The participants of a channel answer nobody until then. */
  leave(channel: string, until: number): void {
    this.#awayUntil.set(channel, until)
  }

  /** All of them answer again. */
  comeBack(): void {
    this.#awayUntil.clear()
  }

  /** A command arrives. The answer of the participant, which may still get lost. */
  receive(command: Command): Sent {
    const dice = this.#diceOf(command.sagaId)
    if (dice.fault('send-failed')) return { kind: 'rejected', status: 503, retryable: true }
    if (dice.fault('send-delayed'))
      return { kind: 'rejected', status: 429, retryable: true, retryAfter: dice.wait(100, 30_000) }
    if (dice.fault('send-refused')) return { kind: 'rejected', status: 422, retryable: false }
    if (this.#options.roles?.refuses(command, dice) === true) return { kind: 'rejected', status: 503, retryable: true }
    this.#act(command, dice)
    return { kind: 'delivered' }
  }

  #act(command: Command, dice: Dice): void {
    const { post } = this.#options
    const earlier = this.#acted.get(command.id)
    const isForgotten = earlier !== undefined && dice.fault('participant-forgets')
    const isKnown = this.#acted.has(command.id)
    const isSilent = isKnown && earlier === undefined && this.#options.roles !== undefined
    const planned = isSilent ? undefined : earlier === undefined || isForgotten ? this.#plan(command, dice) : earlier
    if (!isKnown || isForgotten) this.acts.push({ command, time: this.#world.agenda.now, answer: planned?.event.label })
    this.#acted.set(command.id, planned)
    if (planned === undefined) return
    const { event, work } = planned
    if (dice.fault('event-missing')) return
    const { agenda } = this.#world
    agenda.after(this.#firstWork(command, { work, dice }), () => post(event))
    if (dice.fault('event-doubled')) agenda.after(this.#work(dice), () => post(event))
    if (dice.fault('event-misplaced')) this.#misplace(command, dice)
  }

  #firstWork(command: Command, { work, dice }: { readonly work: Duration | undefined; readonly dice: Dice }): number {
    const isAtDeadline = dice.fault('event-at-deadline')
    const state = this.#options.stateOf(command)
    const deadline = state === undefined ? undefined : this.#paths.deadlineOf(state)
    if (!isAtDeadline || state === undefined || deadline === undefined) return this.#work(dice, work)
    const which = this.#options.roles === undefined ? 1 : 1 + dice.upTo(this.#paths.deadlinesOf(state) - 1)
    return Math.max(0, which * deadline - AROUND + dice.upTo(2 * AROUND))
  }

  #work(dice: Dice, played?: Duration): number {
    if (dice.fault('event-early')) return dice.wait(EARLY.least, EARLY.most)
    if (dice.fault('event-slow')) return (played ?? 0) + dice.wait(SLOW_WORK.least, SLOW_WORK.most)
    return played ?? dice.wait(WORK.least, WORK.most)
  }

  #plan(command: Command, dice: Dice): PlannedEvent | undefined {
    const { roles, enteredBy } = this.#options
    if (roles === undefined) {
      const event = this.#eventOf(command, dice)
      return event && { event }
    }
    const state = enteredBy(command)
    const answer = state === undefined ? undefined : roles.answer(command, state, dice)
    if (answer === undefined) return undefined
    const { label, payload, work } = answer
    return { event: { id: `key/${command.id}/${label}`, sagaId: command.sagaId, label, payload }, work }
  }

  /** `undefined` for a side effect, and where the state lists no event. */
  #eventOf(command: Command, dice: Dice): SagaEvent | undefined {
    const state = this.#options.stateOf(command)
    const labels = state === undefined ? [] : this.#paths.answersOf(state)
    if (state === undefined || labels.length === 0) return undefined
    const number = dice.upTo(999_999)
    const label = dice.among(labels)
    const isLong = this.#world.chance.isCalm || stepOf(command) > LONG
    return eventOf(command, (isLong ? this.#paths.towardsEnd(state) : undefined) ?? label, number)
  }

  /** Some events of the machine that the state may not list. */
  #misplace(command: Command, dice: Dice): void {
    for (let left = dice.upTo(MOST_MISPLACED); left >= 0; left--) {
      const event = eventOf(command, dice.among(this.#paths.labels), dice.upTo(999_999))
      this.#world.agenda.after(this.#work(dice), () => this.#options.post(event))
    }
  }

  #diceOf(id: SagaId): Dice {
    const known = this.#dice.get(id)
    if (known !== undefined) return known
    const dice = this.#world.chance.stream(`participants ${id}`)
    this.#dice.set(id, dice)
    return dice
  }
}

/** The event that a participant sends, and its time after the command where the play names one. */
interface PlannedEvent {
  readonly event: SagaEvent
  readonly work?: Duration | undefined
}

/** `<saga>/<step>/<index>` (P5) */
function stepOf({ id, sagaId }: Command): number {
  return Number.parseInt(id.slice(sagaId.length + 1), 10)
}

function eventOf({ id, sagaId }: Command, label: string, number: number): SagaEvent {
  return { id: `key/${id}/${label}/${number}`, sagaId, label, payload: { [label]: number } }
}
