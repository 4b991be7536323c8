import { randomUUID } from 'node:crypto'
import process from 'node:process'
import { FloodLane } from './flood-lane.ts'
import type { FloodRequest, LaneEnd } from './flood-lane.ts'
import { FloodSchedule } from './flood-schedule.ts'
import type { FloodAnswers, FloodShare } from './flood.ts'

/*
 * A process of a flood: creations over plain sockets, since an HTTP client would need most of a core for ten times the load that
 * one service carries. Its share comes as the first message; its answers go back as one.
 */
process.once('message', (share: FloodShare) => {
  void new FloodProcess(share).run().then((answers) => {
    process.send?.(answers, () => process.disconnect?.())
  })
})

/** Milliseconds between two looks at what is to be started. */
const TICK = 2
const DEADLINE = 20_000
/** Words of a refusal that did nothing: other answers 503 leave open if the saga was created. */
const NOTHING_DONE = 'nothing was done'

class FloodProcess {
  readonly #share: FloodShare
  readonly #name: string = randomUUID().slice(0, 8)
  readonly #head: string
  readonly #schedule: FloodSchedule | undefined
  readonly #free: FloodLane[] = []
  readonly #busy = new Set<FloodLane>()
  readonly #answers: { -readonly [key in keyof FloodAnswers]: FloodAnswers[key] } & {
    readonly statuses: Record<number, number>
    readonly accepted: number[]
    readonly refused: number[]
    readonly ids: string[]
    readonly undone: string[]
  } = {
    started: 0,
    unsent: 0,
    unconnected: 0,
    late: 0,
    bare: 0,
    statuses: {},
    accepted: [],
    refused: [],
    ids: [],
    undone: [],
    lag: 0,
  }
  #count = 0
  #until = 0

  constructor(share: FloodShare) {
    const { host, port, rate, keepAlive = true } = share
    this.#share = share
    this.#schedule = rate === undefined ? undefined : new FloodSchedule(rate)
    const connection = keepAlive ? '' : 'connection: close\r\n'
    this.#head = `POST /saga HTTP/1.1\r\nhost: ${host}:${port}\r\ncontent-type: application/json\r\n${connection}`
  }

  async run(): Promise<FloodAnswers> {
    const { seconds, sockets, deadline = DEADLINE } = this.#share
    const begun = performance.now()
    this.#until = begun + seconds * 1_000
    if (this.#schedule === undefined) for (let at = 0; at < sockets; at++) this.#start(begun)
    const tick = (): boolean => {
      const now = performance.now()
      this.#startDue(begun, now)
      for (const lane of this.#busy) if (now - lane.due > deadline) lane.fail('late')
      return now < this.#until || this.#busy.size > 0
    }
    await new Promise<void>((over) => {
      const timer = setInterval(() => {
        if (tick()) return
        clearInterval(timer)
        over()
      }, TICK)
    })
    for (const lane of this.#free) lane.close()
    return this.#answers
  }

  /** Starts all of the schedule up to now, whatever the answers to the others are. */
  #startDue(begun: number, now: number): void {
    const schedule = this.#schedule
    if (schedule === undefined) return
    for (let due = begun + schedule.next; due <= Math.min(now, this.#until); due = begun + schedule.next) {
      schedule.arrived()
      this.#answers.lag = Math.max(this.#answers.lag, now - due)
      this.#start(due)
    }
  }

  #start(due: number): void {
    const lane = this.#kept() ?? this.#open()
    if (lane === undefined) return void this.#answers.unsent++
    const request = { due, entity: `${this.#name}-${this.#count++}` }
    const body = JSON.stringify({ associatedEntityId: request.entity, metadata: METADATA })
    this.#answers.started++
    this.#busy.add(lane)
    lane.send(request, `${this.#head}content-length: ${body.length}\r\n\r\n${body}`)
  }

  /** A connection of an earlier request that the service has not closed meanwhile. */
  #kept(): FloodLane | undefined {
    let lane = this.#free.pop()
    while (lane?.isOpen === false) lane = this.#free.pop()
    return lane
  }

  #open(): FloodLane | undefined {
    if (this.#busy.size >= this.#share.sockets) return undefined
    return new FloodLane(this.#share, (lane, request, end) => this.#ended(lane, request, end))
  }

  #ended(lane: FloodLane, request: FloodRequest, end: LaneEnd): void {
    this.#busy.delete(lane)
    if (end.kind === 'answer') this.#answered(request, end)
    else this.#answers[end.kind]++
    if (lane.isOpen && this.#share.keepAlive !== false) this.#free.push(lane)
    else lane.close()
    const now = performance.now()
    if (this.#schedule === undefined && now < this.#until) this.#start(now)
  }

  #answered({ due, entity }: FloodRequest, { status, head, body }: LaneEnd & { kind: 'answer' }): void {
    const { statuses, accepted, refused, ids, undone } = this.#answers
    statuses[status] = (statuses[status] ?? 0) + 1
    const wait = Math.round(10 * (performance.now() - due)) / 10
    if (status === 200) {
      accepted.push(wait)
      ids.push((JSON.parse(body) as { sagaId: string }).sagaId)
      return
    }
    refused.push(wait)
    const isRefusal = status === 503 || status === 429
    if (isRefusal && !/\r\nretry-after: [1-9]/i.test(head)) this.#answers.bare++
    if (isRefusal && body.includes(NOTHING_DONE)) undone.push(entity)
  }
}

const METADATA = { guests: 2, name: 'Ada Lovelace' }
