import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from '../../services/worker.ts'
import type { WorkerOptions } from '../../services/worker.ts'
import { untilJoined } from './until-joined.ts'

export type GroupChange = 'terminate' | 'kill' | 'join'

/** One to three workers run; the oldest one leaves. */
const CHANGES: readonly GroupChange[] = ['terminate', 'kill', 'join', 'join', 'kill', 'terminate', 'join', 'join']

interface Member {
  readonly worker: Worker
  state: 'up' | 'leaving' | 'down' | 'joining'
  /** The number of changes before its start. */
  since: number
}

/** A change of the group. */
export interface MadeChange {
  readonly change: GroupChange
  /** The number of sagas in flight. */
  readonly open: number
}

export interface CrewChurn {
  /** ms from one change to the next. */
  readonly every: number
  readonly isOver: () => boolean
  /** The number of sagas in flight. */
  readonly open: () => number
  /** Waits for a moment at which a kill does harm. */
  readonly atWorst: () => Promise<void>
}

/** Workers of one group. At every change one leaves or joins. */
export class WorkerCrew {
  readonly made: MadeChange[] = []
  readonly #members: readonly Member[]
  readonly #under: Promise<void>[] = []
  #next = 0

  private constructor(workers: readonly Worker[]) {
    this.#members = workers.map((worker) => ({ worker, state: 'down', since: 0 }))
  }

  /** Resolves when all of them run and are in the group. */
  static async start(size: number, options: WorkerOptions): Promise<WorkerCrew> {
    const crew = new WorkerCrew(await Promise.all(Array.from({ length: size }, () => Worker.prepare(options))))
    const joining = crew.#members.map((member) => crew.#join(member))
    await Promise.all(joining).catch((thrown: unknown) => crew.close().then(() => Promise.reject(thrown)))
    return crew
  }

  /** The address of a running worker, another one each time. */
  url = (): string => {
    const up = [...this.#in('up'), ...this.#in('leaving')]
    return up[Math.floor(Math.random() * up.length)]?.worker.url ?? ''
  }

  /** The output of all workers. */
  get said(): string {
    return this.#members.map(({ worker }) => worker.stdout + worker.stderr).join('')
  }

  times(change: GroupChange): number {
    return this.made.filter((one) => one.change === change).length
  }

  /** Makes a change at every interval until it is stopped; then it waits for those in progress. */
  async churn(churn: CrewChurn): Promise<void> {
    const { every, isOver } = churn
    for (let at = Date.now() + every; ; at += every) {
      while (Date.now() < at && !isOver()) await sleep(50)
      if (isOver()) break
      this.#turn(churn)
    }
    await Promise.all(this.#under)
  }

  /** Writes the output of each worker to a file, and returns the folder. */
  keep(): string {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-crew-'))
    for (const [index, { worker }] of this.#members.entries())
      writeFileSync(join(folder, `worker-${index}.log`), worker.stdout + worker.stderr)
    return folder
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => worker.stop()))
  }

  #in(state: Member['state']): readonly Member[] {
    return this.#members.filter((member) => member.state === state).sort((one, other) => one.since - other.since)
  }

  /** `undefined` where none can: the last worker stays, and a worker that is leaving or starting cannot leave. */
  #turn(churn: CrewChurn): void {
    const change = CHANGES[this.#next % CHANGES.length] as GroupChange
    const [ready] = change === 'join' ? this.#in('down') : this.#in('up').slice(0, -1)
    if (ready === undefined) return
    this.#next++
    const under = this.#make(change, ready, churn)
    under.catch(() => undefined) // `churn` tells
    this.#under.push(under)
  }

  async #make(change: GroupChange, member: Member, { open, atWorst }: CrewChurn): Promise<void> {
    member.state = change === 'join' ? 'joining' : 'leaving'
    if (change === 'kill') await atWorst()
    this.made.push({ change, open: open() })
    if (change === 'join') return this.#join(member)
    if (change === 'kill') await member.worker.kill()
    else await ended(member.worker)
    member.state = 'down'
  }

  async #join(member: Member): Promise<void> {
    await member.worker.start()
    await untilJoined(member.worker)
    member.since = this.made.length
    member.state = 'up'
  }
}

async function ended(worker: Worker): Promise<void> {
  const { code, signal } = await worker.terminate()
  if (code !== 0) throw new Error(`a worker ended with ${code ?? signal} at SIGTERM\n${worker.stdout.slice(-2_000)}`)
}
