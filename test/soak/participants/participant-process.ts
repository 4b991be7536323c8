import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { mortal } from '../../../testing/broker/tools.ts'

export interface ParticipantProcessOptions {
  /** Name of a file in this folder. */
  readonly script: string
  /** Its argument, as JSON. */
  readonly settings: object
  /** File of its output. */
  readonly log: string
}

/** Most ms of a start, and the pause before the next one of a participant that has ended by itself. */
const [PATIENCE, AGAIN] = [60_000, 200]

/** A participant that can be killed and started again. One that ends by itself is started again. */
export class ParticipantProcess {
  readonly #options: ParticipantProcessOptions
  #child: ChildProcess | undefined

  private constructor(options: ParticipantProcessOptions) {
    this.#options = options
  }

  /** Resolves when it is ready. */
  static async start(options: ParticipantProcessOptions): Promise<ParticipantProcess> {
    const participant = new ParticipantProcess(options)
    await participant.start()
    return participant
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const { script, log } = this.#options
    const ready = new Promise<void>((resolve) => this.#launch(resolve))
    const patience = new AbortController()
    const late = sleep(PATIENCE, undefined, { signal: patience.signal }).then(() => {
      throw new Error(`start the participant "${script}": expected "ready" within ${PATIENCE} ms; see ${log}`)
    })
    await Promise.race([ready, late]).finally(() => patience.abort())
  }

  /** SIGKILL; resolves when it has ended. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  #launch(ready: () => void): void {
    const { script, settings, log } = this.#options
    const args = [join(import.meta.dirname, script), JSON.stringify(settings)]
    const child = spawn(...mortal(process.execPath, args), { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    const file = createWriteStream(log, { flags: 'a' })
    child.stdout.pipe(file, { end: false })
    child.stderr.pipe(file)
    createInterface(child.stdout).on('line', (line) => void (line === 'ready' && ready()))
    child.once('exit', () => setTimeout(() => void (this.#child === child && this.#launch(ready)), AGAIN))
  }
}
