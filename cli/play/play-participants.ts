import type { Command, CommandId, Instant, Metadata, SagaId } from '../../src/engine/saga.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import type { Sent } from '../../src/ports/channel.ts'
import type { Cancel } from '../../src/ports/runtime.ts'
import { chooseEvent } from './choose-event.ts'
import type { ChosenEvent } from './choose-event.ts'
import { HandCommands } from './hand-commands.ts'
import type { HandCommand } from './hand-commands.ts'
import { statesSending } from './machine-labels.ts'
import type { SendingState } from './machine-labels.ts'
import type { PlayClock } from './play-clock.ts'
import type { DoorAnswer, PlayDoor } from './play-door.ts'
import type { PlayedCommand } from './play-schema.ts'
import type { PlayTeller } from './play-teller.ts'
import { ScriptTurns } from './script-turns.ts'

/** Options of `PlayParticipants`. */
export interface PlayParticipantsOptions {
  readonly machine: MachineDefinition
  /** Of the play file, by their labels. */
  readonly commands: Readonly<Record<string, PlayedCommand>>
  /** Commands without an entry are answered at once, by events with the same chance; otherwise by hand. */
  readonly isAuto: boolean
  readonly clock: Pick<PlayClock, 'now'>
  /** A wait by the host's clock: a push of the clock sends the answers that are due by then itself, in their order. */
  readonly after: (wait: number, run: () => void) => Cancel
  readonly random: () => number
  readonly door: Pick<PlayDoor, 'event' | 'saga'>
  readonly tell: PlayTeller
}

/** The participants of every channel: they accept commands, and answer by the play file, evenly, or by hand. */
export class PlayParticipants {
  readonly hand = new HandCommands()
  /** The machine, and how its commands are answered. */
  readonly answers: Pick<PlayParticipantsOptions, 'machine' | 'commands' | 'isAuto'>
  readonly #options: PlayParticipantsOptions
  readonly #turns = new ScriptTurns()
  readonly #planned = new Map<CommandId, PlannedAnswer>()
  /** Ids of the last commands that were answered; a repeat of one is accepted, and answered no second time. */
  readonly #answered = new Set<CommandId>()

  constructor(options: PlayParticipantsOptions) {
    this.#options = options
    this.answers = options
  }

  /** Takes one send of a command: accepted, or refused by chance as the play file says. */
  accept(command: Command, refused: Sent): Sent {
    const { commands, random, tell } = this.#options
    const played = Object.hasOwn(commands, command.label) ? commands[command.label] : undefined
    if (played !== undefined && random() < played.failureRate) {
      tell.saga(command.sagaId, `${command.label} is not accepted, and is sent again`)
      return refused
    }
    if (this.#isNew(command)) void this.#take(command, played)
    return ACCEPTED
  }

  /** Answers a command by hand. It waits no longer once the service has taken the event. */
  async answer(waiting: HandCommand, event: string, payload: Metadata): Promise<DoorAnswer> {
    const { command } = waiting
    const answer = await this.#options.door.event({ command: command.id, sagaId: command.sagaId, event, payload })
    if (answer.isOk) {
      this.hand.remove(waiting.id)
      this.#remember(command.id)
    }
    return answer
  }

  /** A saga is in a new state: what its earlier commands wait for does not matter any more. */
  passed(sagaId: SagaId, step: number): void {
    this.hand.passed(sagaId, step)
  }

  /** The answer that is due first, if that is at this instant or before. */
  nextDue(until: Instant): PlannedAnswer | undefined {
    let first: PlannedAnswer | undefined
    for (const planned of this.#planned.values())
      if (planned.due <= until && (first?.due ?? Infinity) > planned.due) first = planned
    return first
  }

  /** The answers that are planned, in no order. */
  planned(): Iterable<PlannedAnswer> {
    return this.#planned.values()
  }

  /** Sends a planned answer now. */
  async deliver(planned: PlannedAnswer): Promise<void> {
    const { command, chosen, state } = planned
    if (!this.#planned.delete(command.id)) return
    planned.cancel()
    const { door, tell } = this.#options
    const answer = await door.event({ command: command.id, sagaId: command.sagaId, ...chosen })
    if (answer.isOk) return this.#remember(command.id)
    const why = `${command.label} was answered with ${chosen.event}: ${answer.status} ${String(answer.body['message'])}`
    tell.saga(command.sagaId, why)
    if ((await door.saga(command.sagaId)).state === state.id) await this.#byHand(command, state)
  }

  /** The clock was pushed: planned answers sleep so much less. */
  rearm(): void {
    for (const planned of this.#planned.values()) this.#arm(planned)
  }

  #isNew({ id }: Command): boolean {
    return !this.#planned.has(id) && !this.#answered.has(id) && !this.hand.has(id)
  }

  async #take(command: Command, played: PlayedCommand | undefined): Promise<void> {
    const { isAuto, random, tell } = this.#options
    const state = await this.#stateSending(command)
    if (played === undefined && !isAuto)
      return state.isAwaited ? this.#byHand(command, state) : this.#sideEffect(command)
    if (played === undefined && !state.isAwaited) return this.#sideEffect(command)
    if (played !== undefined && random() < played.silence) {
      tell.saga(command.sagaId, `${command.label} gets no answer`)
      return this.#byHand(command, state)
    }
    const next = this.#turns.next(command, played?.script)
    const chosen = chooseEvent({ ...(played ?? AT_ONCE), next }, state, random)
    if (chosen === undefined) return this.#byHand(command, state)
    this.#plan(command, { state, chosen })
  }

  /** A label of several states has the events of the one that the saga is in. */
  async #stateSending({ label, sagaId }: Command): Promise<SendingState> {
    const { machine, door } = this.#options
    const states = statesSending(machine, label)
    const [first = { id: '', isAwaited: false, events: [] }, second] = states
    if (second === undefined) return first
    const { state: current } = await door.saga(sagaId)
    return states.find(({ id }) => id === current) ?? first
  }

  #plan(command: Command, { state, chosen }: Pick<PlannedAnswer, 'state' | 'chosen'>): void {
    const due = this.#options.clock.now() + chosen.latency
    const planned = { command, state, chosen, due, cancel: () => undefined }
    this.#planned.set(command.id, planned)
    this.#arm(planned)
  }

  #arm(planned: PlannedAnswer): void {
    const { after, clock } = this.#options
    planned.cancel()
    const wait = Math.min(LONGEST, Math.max(0, planned.due - clock.now()))
    planned.cancel = after(wait, () => {
      if (planned.due > clock.now() + 1) this.#arm(planned)
      else void this.deliver(planned)
    })
  }

  async #byHand(command: Command, { id: state, events }: SendingState): Promise<void> {
    const { clock, door, tell } = this.#options
    const { entity } = await door.saga(command.sagaId)
    if (this.hand.has(command.id)) return
    const added = this.hand.add({ command, entity, state, events, since: clock.now() })
    if (added !== undefined) tell.waits(added)
  }

  #sideEffect({ sagaId, label, channel }: Command): void {
    this.#options.tell.saga(sagaId, `side effect ${label} · ${channel}`)
  }

  #remember(id: CommandId): void {
    this.#answered.add(id)
    if (this.#answered.size <= REMEMBERED) return
    for (const oldest of this.#answered) return void this.#answered.delete(oldest)
  }
}

/** An event that a participant will send. */
export interface PlannedAnswer {
  readonly command: Command
  readonly state: SendingState
  readonly chosen: ChosenEvent
  /** By the clock of the play. */
  readonly due: Instant
  cancel: Cancel
}

const ACCEPTED: Sent = { kind: 'delivered' }
const AT_ONCE = { events: undefined, latency: [0, 0] } as const
const REMEMBERED = 10_000
/** Timers of the host hold 31 bits of milliseconds. */
const LONGEST = 2 ** 31 - 1
