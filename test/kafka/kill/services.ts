import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS, EVENTS } from './plan.ts'

/** Messages of a service to its parent process. */
export interface ServiceMessage {
  /** `<n>/<command>`: it got this command. */
  readonly effect?: string
  readonly isReady?: boolean
}

const SCRIPT = join(import.meta.dirname, 'service.ts')

/** The two services of the tutorial and an early one, each restarted when it ends. */
export class Services {
  /** `<n>/<command>` → the number of its deliveries. Only the first one has an effect, since the services keep the keys. */
  readonly effects = new Map<string, number>()
  restarts = 0
  readonly #broker: string
  readonly #folder: string
  /** Each service, true while it is a member of its group. */
  readonly #children = new Map<ChildProcess, boolean>()
  #isClosing = false

  constructor(broker: string, folder: string) {
    this.#broker = broker
    this.#folder = folder
  }

  /** True if all of them have partitions. */
  get areReady(): boolean {
    return [...this.#children.values()].every((isReady) => isReady)
  }

  /** Starts it as a member of this group, which should have commits. */
  start(label: string, group: string): void {
    const log = openSync(join(this.#folder, `${group}.log`), 'a')
    const env = {
      ...process.env,
      KAFKA_BROKERS: this.#broker,
      COMMANDS_TOPIC: COMMANDS,
      EVENTS_TOPIC: EVENTS,
      CONSUMER_GROUP: group,
    }
    const child = fork(SCRIPT, [label], { env, execArgv: [], stdio: ['ignore', log, log, 'ipc'] })
    closeSync(log)
    this.#children.set(child, false)
    child.on('message', ({ effect, isReady }: ServiceMessage) => {
      if (effect !== undefined) this.effects.set(effect, (this.effects.get(effect) ?? 0) + 1)
      if (isReady !== undefined) this.#children.set(child, isReady)
    })
    child.once('exit', () => {
      this.#children.delete(child)
      if (this.#isClosing) return
      this.restarts++
      this.start(label, group)
    })
  }

  /** Stops all: they stay members of their groups for half a minute. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const child of this.#children.keys()) child.kill(signal)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    const gone = [...this.#children.keys()].map((child) => once(child, 'exit'))
    for (const child of this.#children.keys()) child.kill('SIGKILL')
    await Promise.all(gone)
  }
}
