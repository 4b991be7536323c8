import type { Command, Instant, SagaId } from '../../src/engine/saga.ts'

/** A command that waits for an answer by hand. */
export interface HandCommand {
  /** A small number, unique in this run, for people. */
  readonly id: number
  readonly command: Command
  /** The reference's `associatedEntityId`, by which people know the saga; `undefined` where it could not be read. */
  readonly entity: string | undefined
  readonly state: string | undefined
  /** Events of the state, of which one answers it. */
  readonly events: readonly string[]
  readonly since: Instant
}

/** A command as `GET /play/commands` shows it. */
export interface HandCommandShown {
  readonly id: number
  readonly sagaId: SagaId
  readonly associatedEntityId?: string | undefined
  readonly label: string
  readonly channel: string
  readonly state?: string | undefined
  readonly events: readonly string[]
  /** ISO 8601, by the clock of the play. */
  readonly since: string
  readonly payload: unknown
}

/** The commands that wait for an answer by hand, oldest first. */
export class HandCommands {
  readonly #waiting = new Map<number, HandCommand>()
  /** The newest step of the sagas that moved last. */
  readonly #steps = new Map<SagaId, number>()
  #last = 0

  /** `undefined` where the saga has moved on meanwhile. */
  add(waiting: Omit<HandCommand, 'id'>): HandCommand | undefined {
    const { command } = waiting
    if (stepOf(command) < (this.#steps.get(command.sagaId) ?? 0)) return undefined
    const added = { ...waiting, id: ++this.#last }
    this.#waiting.set(added.id, added)
    return added
  }

  get(id: number): HandCommand | undefined {
    return this.#waiting.get(id)
  }

  all(): readonly HandCommand[] {
    return [...this.#waiting.values()]
  }

  /** Those of one saga, or of every one. */
  of(sagaId: SagaId | undefined): readonly HandCommand[] {
    return sagaId === undefined ? this.all() : this.all().filter(({ command }) => command.sagaId === sagaId)
  }

  has(commandId: string): boolean {
    return this.all().some(({ command }) => command.id === commandId)
  }

  remove(id: number): void {
    this.#waiting.delete(id)
  }

  /** A saga has made a step: commands of its earlier steps wait no longer. */
  passed(sagaId: SagaId, step: number): void {
    this.#remember(sagaId, step)
    for (const { id, command } of this.#waiting.values()) {
      if (command.sagaId === sagaId && stepOf(command) < step) this.#waiting.delete(id)
    }
  }

  #remember(sagaId: SagaId, step: number): void {
    this.#steps.delete(sagaId)
    this.#steps.set(sagaId, step)
    if (this.#steps.size <= REMEMBERED) return
    for (const oldest of this.#steps.keys()) return void this.#steps.delete(oldest)
  }
}

/** For people and programs, its payload included: the command is their own. */
export function shownCommand({ id, command, entity, state, events, since }: HandCommand): HandCommandShown {
  const { sagaId, label, channel, payload } = command
  return {
    id,
    sagaId,
    associatedEntityId: entity,
    label,
    channel,
    state,
    events,
    since: new Date(since).toISOString(),
    payload,
  }
}

const REMEMBERED = 10_000

/** The number of the step that a command is of: its id is `<saga>/<step>/<index>`. */
export function stepOf({ id }: Pick<Command, 'id'>): number {
  return Number(id.split('/').at(-2))
}
