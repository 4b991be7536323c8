import type { Debt, Instant, Saga, SagaId } from '../../src/engine/saga.ts'
import type { MachineDefinition, StateDefinition } from '../../src/machine/definition.ts'
import type { Answered, Arrived, Asked, Concluded, Departed, ObservedRun, Removed, Written } from './observation.ts'
import { identity } from './saga-story.ts'
import type { CommandStory, Lease, SagaStory } from './saga-story.ts'
import type { RunTerms } from './terms.ts'

/** A request of a door, and its answer where one came. */
export interface Request {
  readonly asked: Asked
  readonly answered?: Answered | undefined
}

/** A run, sorted by what its rules look up. */
export interface RunIndex {
  /** By id, with the writes of all lives. */
  readonly sagas: ReadonlyMap<SagaId, SagaStory>
  /** A saga that was removed, and one that began later under its id, are two of them. */
  readonly lives: readonly SagaStory[]
  readonly requests: readonly Request[]
  readonly terms: RunTerms
  readonly run: ObservedRun
  /** Position from which on there were no faults; absent where the run has none. */
  readonly calm?: number | undefined
  /** The latest clock of the run. */
  readonly end: Instant
  /** Ends of processes: name → position of the crash or stop. */
  readonly ends: ReadonlyMap<string, number>
  /** Processes whose wall clock was set while they ran, where that can be seen. */
  readonly setClocks: ReadonlySet<string>
}

/** Sorts the observations of a run, in one pass. */
export function indexRun(run: ObservedRun, terms: RunTerms): RunIndex {
  const sorting = new Sorting()
  for (const observation of run.observations) {
    sorting.end = Math.max(sorting.end, observation.clock)
    switch (observation.kind) {
      case 'asked':
        sorting.requests.set(observation.request, { asked: observation })
        break
      case 'answered':
        sorting.answer(observation)
        break
      case 'written':
        sorting.write(observation)
        break
      case 'departed':
        sorting.sentBy(observation).departures.push(observation)
        break
      case 'arrived':
        sorting.sentBy(observation).arrivals.push(observation)
        break
      case 'concluded':
        sorting.sentBy(observation).conclusions.push(observation)
        break
      case 'removed':
        sorting.remove(observation)
        break
      case 'crashed':
      case 'stopped':
        sorting.ends.set(observation.process, observation.at)
        break
      case 'calm':
        sorting.calm = observation.at
        break
      case 'started':
    }
  }
  const { sagas, lives, ends, calm, end } = sorting
  const requests = [...sorting.requests.values()]
  return { sagas, lives, requests, terms, run, calm, end, ends, setClocks: setClocksOf(run) }
}

/** Milliseconds by which clocks of whole milliseconds may differ from one that has parts of them. */
const ROUNDED = 2

function setClocksOf({ observations, timeOf }: ObservedRun): ReadonlySet<string> {
  const [offsets, set] = [new Map<string, number>(), new Set<string>()]
  if (timeOf === undefined) return set
  for (const { at, clock, process } of observations) {
    const offset = clock - timeOf(at)
    const first = offsets.get(process) ?? offset
    offsets.set(process, first)
    if (Math.abs(offset - first) > ROUNDED) set.add(process)
  }
  return set
}

/** The definition of the machine with this hash; `undefined` where the run does not know it. */
export function definitionOf({ run }: RunIndex, hash: string): MachineDefinition | undefined {
  return run.machines.get(hash)
}

/** A state of a definition. */
export function stateOf(definition: MachineDefinition | undefined, id: string): StateDefinition | undefined {
  return definition?.states.find((state) => state.id === id)
}

/** True if every machine of the run takes an event of a saga, whatever its payload; false where none is known. */
export function takes({ run }: RunIndex, { state, isFinal }: Pick<Saga, 'state' | 'isFinal'>, label: string): boolean {
  const machines = [...run.machines.values()]
  // A saga that has ended stays at its end where a newer machine goes on from it (I6).
  const isEnd = (definition: MachineDefinition) => stateOf(definition, state)?.isFinal === true
  return machines.length > 0 && machines.every((one) => lists(one, state, label) && (!isFinal || isEnd(one)))
}

/** True if a machine takes an event in a state, whatever its payload: one that a schema may refuse is not judged. */
export function lists(definition: MachineDefinition | undefined, state: string, label: string): boolean {
  const listed = stateOf(definition, state)?.outgoingTransitions?.find(({ inputEvent }) => inputEvent === label)
  return listed !== undefined && listed.payloadValidationSchema === undefined
}

interface OpenCommand extends CommandStory {
  readonly leases: Lease[]
  readonly departures: Departed[]
  readonly arrivals: Arrived[]
  readonly conclusions: Concluded[]
}

interface OpenStory extends SagaStory {
  readonly writes: Written[]
  readonly applied: Map<string, number[]>
  readonly commands: Map<string, OpenCommand>
  endedAt?: number | undefined
}

class Sorting {
  readonly #lives = new Map<SagaId, OpenStory[]>()
  /** Commands by their sends: one that is late belongs to the life that sent it. */
  readonly #sends = new Map<number, OpenCommand>()
  readonly requests = new Map<number, Request>()
  readonly ends = new Map<string, number>()
  calm: number | undefined
  end: Instant = Number.NEGATIVE_INFINITY

  answer(answered: Answered): void {
    const request = this.requests.get(answered.request)
    if (request !== undefined) this.requests.set(answered.request, { ...request, answered })
  }

  write(written: Written): void {
    const { at, change } = written
    const story = this.#begunOf(change.sagaId)
    story.writes.push(written)
    if (change.step !== undefined) {
      const applied = story.applied.get(identity(change.step.event))
      if (applied === undefined) story.applied.set(identity(change.step.event), [at])
      else applied.push(at)
    }
    for (const id of freedBy(written)) {
      const { leases } = this.commandOf({ id, sagaId: change.sagaId })
      const last = leases.pop()
      if (last !== undefined) leases.push({ ...last, endedAt: last.endedAt ?? at })
    }
    for (const debt of leasedBy(written)) {
      const { leases } = this.commandOf({ id: debt.id, sagaId: change.sagaId })
      leases.push({ at, process: written.process, from: change.at, due: debt.due })
    }
  }

  commandOf({ id, sagaId }: { readonly id: string; readonly sagaId: SagaId }): OpenCommand {
    const { commands } = this.#storyOf(sagaId)
    let command = commands.get(id)
    if (command === undefined)
      commands.set(id, (command = { id, leases: [], departures: [], arrivals: [], conclusions: [] }))
    return command
  }

  sentBy({ command, send }: Departed | Arrived | Concluded): OpenCommand {
    const sent = this.#sends.get(send) ?? this.commandOf(command)
    this.#sends.set(send, sent)
    return sent
  }

  remove({ at, sagaId }: Removed): void {
    this.#storyOf(sagaId).endedAt = at
  }

  get lives(): readonly SagaStory[] {
    return [...this.#lives.values()].flat()
  }

  get sagas(): ReadonlyMap<SagaId, SagaStory> {
    return new Map(
      [...this.#lives].map(([id, lives]) => [id, lives.length === 1 ? (lives[0] as SagaStory) : joined(lives)]),
    )
  }

  /** The newest life. */
  #storyOf(id: SagaId): OpenStory {
    return this.#lives.get(id)?.at(-1) ?? this.#begin(id)
  }

  /** The life that a write belongs to. */
  #begunOf(id: SagaId): OpenStory {
    const story = this.#storyOf(id)
    return story.endedAt === undefined ? story : this.#begin(id)
  }

  #begin(id: SagaId): OpenStory {
    const story: OpenStory = { id, writes: [], applied: new Map(), commands: new Map() }
    this.#lives.set(id, [...(this.#lives.get(id) ?? []), story])
    return story
  }
}

/** All lives of one saga in one story, for what is asked of the outside: commands are those of the newest. */
function joined(lives: readonly OpenStory[]): SagaStory {
  const applied = new Map<string, readonly number[]>()
  for (const life of lives)
    for (const [event, at] of life.applied) applied.set(event, [...(applied.get(event) ?? []), ...at])
  return { ...(lives.at(-1) as OpenStory), writes: lives.flatMap(({ writes }) => writes), applied }
}

/** The life of a saga that was there all the time between two positions. */
export function lifeDuring(
  { lives }: RunIndex,
  id: SagaId,
  [from, until]: readonly [number, number],
): SagaStory | undefined {
  return lives.find(
    (life) =>
      life.id === id && (life.writes[0]?.at ?? from) < from && (life.endedAt ?? Number.POSITIVE_INFINITY) > until,
  )
}

/** Commands whose lease ends with a write: their send has ended, or a hold has taken them out of the queue. */
function freedBy({ change: { at, tried = [], settled = [], dead = [] } }: Written): readonly string[] {
  const ended = tried.filter(({ started, due }) => started === true || due <= at)
  return [...ended, ...dead].map(({ id }) => id).concat(settled)
}

/** Debts that a write leases to its process (P12): of its step, claimed, or owed again. A held saga sends nothing (P26). */
function leasedBy({ change, after }: Written): readonly Pick<Debt, 'id' | 'due'>[] {
  if (after.hold !== undefined) return []
  const { step, tried = [], revived = [] } = change
  const leased = [...(step?.owes ?? []), ...tried.filter(({ started }) => started === undefined), ...revived]
  return leased.filter(({ due }) => due > change.at)
}
