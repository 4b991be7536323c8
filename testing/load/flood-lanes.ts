import { connect } from 'node:net'
import type { Socket } from 'node:net'
import process from 'node:process'
import type { FloodAnswers, FloodShare } from './flood.ts'

/*
 * A process of a flood: creations over plain sockets, since an HTTP client would need most of a core for ten times the load that
 * one service carries. Its share comes as the first message; its answers go back as one.
 */
process.once('message', (share: FloodShare) => {
  void new FloodLanes(share).run().then((answers) => {
    process.send?.(answers, () => process.disconnect?.())
  })
})

/** Milliseconds between two looks at what is to be started. */
const TICK = 4
/** Milliseconds until a request without an answer is given up. */
const PATIENCE = 20_000
const BODY = JSON.stringify({ associatedEntityId: 'table-7', metadata: { guests: 2, name: 'Ada Lovelace' } })
const HEAD_END = '\r\n\r\n'

class FloodLanes {
  readonly #share: FloodShare
  readonly #request: string
  readonly #free: FloodLane[] = []
  readonly #busy = new Set<FloodLane>()
  readonly #answers: { -readonly [key in keyof FloodAnswers]: FloodAnswers[key] } & {
    readonly statuses: Record<number, number>
    readonly accepted: number[]
    readonly refused: number[]
    readonly ids: string[]
  } = { started: 0, unsent: 0, bare: 0, statuses: {}, accepted: [], refused: [], ids: [] }
  #until = 0

  constructor(share: FloodShare) {
    this.#share = share
    const connection = share.keepAlive === false ? 'connection: close\r\n' : ''
    const headers = `host: ${share.host}:${share.port}\r\ncontent-type: application/json\r\n${connection}`
    this.#request = `POST /saga HTTP/1.1\r\n${headers}content-length: ${BODY.length}${HEAD_END}${BODY}`
  }

  async run(): Promise<FloodAnswers> {
    const { seconds, rate, sockets } = this.#share
    const begun = performance.now()
    this.#until = begun + seconds * 1_000
    if (rate === undefined) for (let at = 0; at < sockets; at++) this.#start()
    let arrived = 0
    const tick = (): boolean => {
      const now = performance.now()
      if (rate !== undefined && now < this.#until) {
        for (const due = arrivals(now - begun, rate); arrived < due; arrived++) this.#start()
      }
      for (const lane of this.#busy) if (now - lane.begun > PATIENCE) lane.fail()
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

  #start(): void {
    const lane = this.#free.pop() ?? this.#open()
    if (lane === undefined) return void this.#answers.unsent++
    this.#answers.started++
    this.#busy.add(lane)
    lane.send(this.#request)
  }

  #open(): FloodLane | undefined {
    if (this.#busy.size >= this.#share.sockets) return undefined
    return new FloodLane(this.#share, (lane, answer) => this.#ended(lane, answer))
  }

  #ended(lane: FloodLane, { status, head, body }: LaneAnswer): void {
    this.#busy.delete(lane)
    const { statuses, accepted, refused, ids } = this.#answers
    statuses[status] = (statuses[status] ?? 0) + 1
    const wait = Math.round(10 * (performance.now() - lane.begun)) / 10
    if (status === 200) {
      accepted.push(wait)
      ids.push((JSON.parse(body) as { sagaId: string }).sagaId)
    } else {
      refused.push(wait)
      if (status !== 0 && !/\r\nretry-after: \d/i.test(head)) this.#answers.bare++
    }
    if (lane.isOpen && this.#share.keepAlive !== false) this.#free.push(lane)
    else lane.close()
    if (this.#share.rate === undefined && performance.now() < this.#until) this.#start()
  }
}

/** The rate grows for a second, so that a burst of connections is not what is measured. */
const GROWTH = 1_000

function arrivals(elapsed: number, rate: number): number {
  const grown = Math.min(elapsed, GROWTH)
  return ((grown * grown) / (2 * GROWTH) + elapsed - grown) * (rate / 1_000)
}

interface LaneAnswer {
  /** 0: none. */
  readonly status: number
  readonly head: string
  readonly body: string
}

/** One connection, with one request at a time. */
class FloodLane {
  readonly #socket: Socket
  readonly #ended: (lane: FloodLane, answer: LaneAnswer) => void
  #text = ''
  #waits = false
  begun = 0
  isOpen = true

  constructor({ host, port }: Pick<FloodShare, 'host' | 'port'>, ended: (lane: FloodLane, answer: LaneAnswer) => void) {
    this.#ended = ended
    this.#socket = connect({ host, port, noDelay: true })
    this.#socket.setEncoding('latin1').on('data', (text: string) => this.#read(text))
    this.#socket.on('error', () => this.fail()).on('close', () => this.fail())
  }

  send(request: string): void {
    this.begun = performance.now()
    this.#waits = true
    this.#socket.write(request)
  }

  fail(): void {
    this.close()
    this.#answer({ status: 0, head: '', body: '' })
  }

  close(): void {
    this.isOpen = false
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#text += text
    const end = this.#text.indexOf(HEAD_END)
    if (end < 0) return
    const head = this.#text.slice(0, end)
    const from = end + HEAD_END.length
    const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? []
    // A chunked answer fits into one chunk, and ends with the empty one.
    if (length === undefined ? !this.#text.endsWith('0\r\n\r\n') : this.#text.length < from + Number(length)) return
    const body = length === undefined ? this.#text.slice(this.#text.indexOf('\r\n', from) + 2) : this.#text.slice(from)
    if (/\r\nconnection: close/i.test(head)) this.isOpen = false
    this.#text = ''
    this.#answer({ status: Number(head.slice(9, 12)), head, body })
  }

  #answer(answer: LaneAnswer): void {
    if (!this.#waits) return
    this.#waits = false
    this.#ended(this, answer)
  }
}
