import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { FloodShare } from './flood.ts'

const HEAD_END = '\r\n\r\n'

/** How a request ended: with an answer, without a connection to its end, or without an answer in time. */
export type LaneEnd =
  | { readonly kind: 'answer'; readonly status: number; readonly head: string; readonly body: string }
  | { readonly kind: 'unconnected' | 'late' }

/** One request of a flood. */
export interface FloodRequest {
  /** The instant from which its wait counts. */
  readonly due: number
  readonly entity: string
}

/** Receives how the request of a lane ended. */
export type LaneListener = (lane: FloodLane, request: FloodRequest, end: LaneEnd) => void

/** One connection, with one request at a time. */
export class FloodLane {
  readonly #socket: Socket
  readonly #ended: LaneListener
  #text = ''
  #request: FloodRequest | undefined
  isOpen = true

  constructor({ host, port }: Pick<FloodShare, 'host' | 'port'>, ended: LaneListener) {
    this.#ended = ended
    this.#socket = connect({ host, port, noDelay: true })
    this.#socket.setEncoding('latin1').on('data', (text: string) => this.#read(text))
    const broken = () => this.fail('unconnected')
    this.#socket.on('error', broken).on('close', broken)
  }

  /** Of the request that waits for its answer. */
  get due(): number {
    return this.#request?.due ?? Number.POSITIVE_INFINITY
  }

  send(request: FloodRequest, bytes: string): void {
    this.#request = request
    this.#socket.write(bytes)
  }

  fail(kind: 'unconnected' | 'late'): void {
    this.close()
    this.#end({ kind })
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
    this.#end({ kind: 'answer', status: Number(head.slice(9, 12)), head, body })
  }

  #end(end: LaneEnd): void {
    const request = this.#request
    if (request === undefined) return
    this.#request = undefined
    this.#ended(this, request, end)
  }
}
