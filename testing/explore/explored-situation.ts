import type { CommandId, Saga } from '../../src/engine/saga.ts'
import type { PropertyTally } from '../properties/tally.ts'

/** One saga, and all that is under way for it, at one moment. Immutable. */
export interface ExploredSituation {
  readonly saga: Saga
  /** What the saga has sent or will send, oldest first, as long as it can still have an effect. */
  readonly commands: readonly KnownCommand[]
  /** Events under way to the saga, those of the oldest commands first. */
  readonly events: readonly FlyingEvent[]
  readonly tally: PropertyTally
}

/** A message of a visit of a state, with what its receiver remembers of it. */
export interface KnownCommand {
  readonly id: CommandId
  /** Number of the step that has made it. */
  readonly step: number
  /** `client`: no message at all; the state has no command, so its events come from clients. */
  readonly kind: 'command' | 'side-effect' | 'client'
  /** Empty for a client. */
  readonly label: string
  /** The state that has sent it, which lists the events of its answers. */
  readonly state: string
  /** A number for kind, label and state: a short text of them. */
  readonly origin: number
  /** A side effect that is not sent yet. Commands are owed by the saga itself. */
  readonly isPending: boolean
  /** How the receiver has acted: once, and once more for each time that it has forgotten the key. */
  readonly acts: readonly CommandAct[]
}

/** One act of a participant or of a client. */
export interface CommandAct {
  /** Label of the event; absent while there is none. */
  readonly answer?: string | undefined
  /** The saga has taken that event: its repeat changes nothing (I4). */
  readonly isApplied: boolean
}

/** An event on its way to the saga. */
export interface FlyingEvent {
  readonly command: CommandId
  readonly step: number
  /** Index of the act. */
  readonly act: number
  readonly label: string
  /** Later ones may arrive before it. */
  readonly isLate: boolean
}

/** Id of the event of an act: a repeat has the same one. */
export function eventIdOf({ command, act }: Pick<FlyingEvent, 'command' | 'act'>): string {
  return `${command}#${act}`
}

/** The command of a situation with this id. Throws where there is none. */
export function commandIn({ commands }: ExploredSituation, id: CommandId): KnownCommand {
  const command = commands.find((one) => one.id === id)
  if (command === undefined) throw new TypeError(`explore a machine: the command "${id}" is not known any more`)
  return command
}

/** The situation with another version of one command. */
export function withCommand(situation: ExploredSituation, command: KnownCommand): ExploredSituation {
  return { ...situation, commands: situation.commands.map((one) => (one.id === command.id ? command : one)) }
}

/** The situation with one more event under way. */
export function withEvent(situation: ExploredSituation, event: FlyingEvent): ExploredSituation {
  return { ...situation, events: [...situation.events, event].toSorted(byAge) }
}

/** The order of commands: a situation has one form, however it has come about. */
function byAge(one: FlyingEvent, other: FlyingEvent): number {
  return one.step - other.step || compareTexts(one.command, other.command) || one.act - other.act
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
