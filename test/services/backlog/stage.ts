import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { openSqlite } from '../../../adapters/persistency/sqlite.ts'
import { begin } from '../../../src/engine/decide.ts'
import { evolve } from '../../../src/engine/evolve.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import type { Seen } from './participant.ts'

/** A participant in a process of its own: its work is not done on the thread that measures. */
export class BacklogParticipant {
  readonly #child: ChildProcess
  readonly port: number

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  /** `wait`: milliseconds until it answers. */
  static async open({ port = 0, wait = 0 }: { port?: number; wait?: number } = {}): Promise<BacklogParticipant> {
    const child = fork(new URL('participant.ts', import.meta.url), [String(port), String(wait)], { execArgv: [] })
    const [listening] = (await once(child, 'message')) as [number]
    return new BacklogParticipant(child, listening)
  }

  /** `reset`: counts anew from now on. */
  async seen(order: 'seen' | 'reset' = 'seen'): Promise<Seen> {
    this.#child.send(order)
    const [seen] = (await once(this.#child, 'message')) as [Seen]
    return seen
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const participant = await BacklogParticipant.open()
  participant.close()
  return participant.port
}

/** A machine whose creation sends one command to this channel. */
export function machineOf(channel: string): MachineDefinition {
  const asked = {
    id: 'asked',
    isFinal: false,
    outputCommand: { label: 'answer', channel },
    outgoingTransitions: [{ inputEvent: 'answered', targetState: 'done' }],
  }
  return { initialState: 'asked', states: [asked, { id: 'done', isFinal: true }] }
}

/** Metadata of the sagas of a backlog. */
export const METADATA = { guests: 2, name: 'Ada Lovelace' } as const
/** Saves under way at once: one commit of the store. */
const AT_ONCE = 512

/**
 * Writes a store that a service has left: sagas that owe their first command to a channel, under its lease. Over HTTP that would
 * take a minute. Returns the ids.
 */
export async function fillBacklog(folder: string, owed: Readonly<Record<string, number>>): Promise<readonly string[]> {
  const store = openSqlite({ path: join(folder, 'batuta.sqlite'), random: Math.random })
  const ids: string[] = []
  for (const [channel, count] of Object.entries(owed)) {
    const machine = compile(machineOf(channel), { merge: (metadata) => metadata, leaseOf: () => 15_000 })
    for (let from = 0; from < count; from += AT_ONCE) {
      const length = Math.min(AT_ONCE, count - from)
      const saves = Array.from({ length }, (_, at) => {
        const id = `${channel}-${String(from + at).padStart(8, '0')}`
        const now = Date.now()
        const step = begin(machine, { id, eventId: `key/${id}`, entity: 'table-7', metadata: METADATA }, now)
        const change = { sagaId: id, writeId: `filled.${id}`, at: now, step }
        ids.push(id)
        return store.save(change, evolve(undefined, change), 'absent')
      })
      await Promise.all(saves)
    }
  }
  await store.close()
  return ids
}
