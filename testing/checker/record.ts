import type { Saga } from '../../src/engine/saga.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import type { Corridor } from '../../src/orchestrator/corridor.ts'
import type { Channel } from '../../src/ports/channel.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { Answered, Asking, Lifecycle, Observation, ObservedRun } from './observation.ts'
import type { RunTerms } from './terms.ts'

/** An observation less what the recording adds. */
type Told = Observation extends infer One
  ? One extends Observation
    ? Omit<One, 'at' | 'clock' | 'process'>
    : never
  : never

/** The doors of a service: requests of HTTP, and of operators. */
export type Doors = Pick<Corridor, 'create' | 'handle' | 'operate'>

/** Records what services over one store do, from outside of them: their doors, their store and their channels. */
export class Recording {
  readonly #observations: Observation[] = []
  #requests = 0
  #sends = 0
  /** Heads before writes of unknown fate: their repeats, under the same `writeId`, meet their own result (P6). */
  readonly #begun = new Map<string, Saga | undefined>()
  readonly #written = new Set<string>()

  /** The recorder of one process. Each start of a process has a name of its own. */
  process(name: string, { wallClock }: Pick<Runtime, 'wallClock'>): ProcessRecorder {
    const note = (told: Told): void => {
      this.#observations.push({
        ...told,
        at: this.#observations.length,
        clock: wallClock(),
        process: name,
      } as Observation)
    }
    return {
      lives: (kind) => note({ kind }),
      persistency: (store) => this.#persistency(store, note),
      channel: (channel) => this.#channel(channel, note),
      doors: (doors) => this.#doors(doors, note),
    }
  }

  /** The run so far, with the sagas as the store has them. */
  async run(store: Pick<Persistency, 'load' | 'document'>, { machines, terms }: RunParts): Promise<ObservedRun> {
    const observations = [...this.#observations]
    const ids = new Set(observations.flatMap((one) => (one.kind === 'written' ? [one.change.sagaId] : [])))
    const sagas = new Map<string, { head: Saga; document: NonNullable<Awaited<ReturnType<Persistency['document']>>> }>()
    for (const id of ids) {
      const [loaded, document] = [await store.load(id), await store.document(id)]
      if (loaded !== undefined && document !== undefined) sagas.set(id, { head: loaded.saga, document })
    }
    return { observations, machines, sagas, terms }
  }

  /** A write is seen when the store answers that it is durable; one whose answer is lost, with its repeat. */
  #persistency(store: Persistency, note: (told: Told) => void): Persistency {
    const save: Persistency['save'] = async (change, after, basis) => {
      const { writeId, sagaId } = change
      if (!this.#begun.has(writeId)) this.#begun.set(writeId, (await store.load(sagaId))?.saga)
      const saved = await store.save(change, after, basis)
      const before = this.#begun.get(writeId)
      this.#begun.delete(writeId)
      if (saved.kind !== 'saved' || this.#written.has(writeId)) return saved
      this.#written.add(writeId)
      note({ kind: 'written', change, before, after })
      return saved
    }
    return forwarding(store, { save })
  }

  /** A command is taken as arrived when it leaves: what is lost on its way must keep the same rules. */
  #channel(channel: Channel, note: (told: Told) => void): Channel {
    const send: Channel['send'] = async (command) => {
      const send = this.#sends++
      note({ kind: 'departed', command, send })
      note({ kind: 'arrived', command, send })
      const result = await channel.send(command)
      note({ kind: 'concluded', command, send, result })
      return result
    }
    return forwarding(channel, { send })
  }

  #doors(doors: Doors, note: (told: Told) => void): Doors {
    const through = async <Answer extends Answered['answer']>(
      by: Asking,
      work: () => Promise<Answer>,
    ): Promise<Answer> => {
      const request = this.#requests++
      note({ kind: 'asked', request, by })
      const answer = await work()
      note({ kind: 'answered', request, answer })
      return answer
    }
    return {
      create: (creation) => through({ door: 'creation', creation }, () => doors.create(creation)),
      handle: (event) => through({ door: 'event', event }, () => doors.handle(event)),
      operate: (operation) => through({ door: 'operator', operation }, () => doors.operate(operation)),
    }
  }
}

/** The recorder of one process. */
export interface ProcessRecorder {
  lives(kind: Lifecycle['kind']): void
  persistency(store: Persistency): Persistency
  channel(channel: Channel): Channel
  doors(doors: Doors): Doors
}

/** What a recording cannot see. */
export interface RunParts {
  /** By their hash. */
  readonly machines: ReadonlyMap<string, MachineDefinition>
  readonly terms?: RunTerms | undefined
}

/** The same object with other methods; the others run on the object itself, which may have private fields. */
function forwarding<Port extends object>(port: Port, methods: Partial<Port>): Port {
  return new Proxy(port, {
    get(target, name) {
      if (Object.hasOwn(methods, name)) return methods[name as keyof Port]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
