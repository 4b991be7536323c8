import { clearTimeout, setTimeout } from 'node:timers'
import type { Dispatcher } from 'undici'
import { DEFAULTS } from '../../../src/defaults.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { OutwardAnswer, OutwardRequest } from '../../../src/ports/runtime.ts'
import { BodyText } from '../web.ts'

type AnswerHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2]

/** Of a request, the parts that its answer is read by. */
type ExchangeRules = Pick<OutwardRequest, 'timeouts' | 'keep' | 'keepOfFailure'>

/** The end of an exchange. */
interface ExchangeEnd {
  readonly resolve: (answer: OutwardAnswer) => void
  readonly reject: (error: Error) => void
}

/**
 * One exchange of the pool within its time-out, with the rules of `exchange` for hosts that have a `fetch`. undici's own `request`
 * makes a stream, an abort signal and several promises for each answer: a third of the processor time of a send.
 */
export class PooledExchange implements Dispatcher.DispatchHandler {
  readonly #request: ExchangeRules
  readonly #over: ExchangeEnd
  #timer: ReturnType<typeof setTimeout>
  #controller: Dispatcher.DispatchController | undefined
  /** Set where the exchange has ended before undici has done with it. */
  #reason: Error | undefined
  /** 0: the head of the answer has not arrived. */
  #status = 0
  #headers: AnswerHeaders = {}
  #body: BodyText | undefined

  constructor(request: ExchangeRules, over: ExchangeEnd) {
    this.#request = request
    this.#over = over
    this.#timer = setTimeout(this.#late, request.timeouts.answer)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#reason !== undefined) controller.abort(this.#reason)
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    this.#body = new BodyText(this.#ofFailure ?? this.#request.keep)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body?.take(chunk) !== false) return
    this.#answered()
    controller.abort(TOO_LONG) // the connection goes with it
  }

  onResponseEnd(): void {
    this.#answered()
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    this.#failed(error)
  }

  /** Bytes that are kept of an answer other than success. */
  get #ofFailure(): number | undefined {
    return this.#status < 200 || this.#status >= 300 ? this.#request.keepOfFailure : undefined
  }

  /** The words of a failure have a little longer (`exchange`). */
  readonly #late = (): void => {
    const isFailure = this.#status !== 0 && this.#ofFailure !== undefined
    if (!isFailure) return this.#end()
    this.#timer = setTimeout(() => this.#end(), DEFAULTS.wordsGrace)
  }

  #end(): void {
    const error = new BatutaError('no-answer', `no answer within ${Math.round(this.#request.timeouts.answer)} ms`)
    this.#reason = error
    this.#failed(error)
    this.#controller?.abort(error) // the connection goes with it
  }

  #answered(): void {
    clearTimeout(this.#timer)
    const { resolve } = this.#over
    const headers = this.#headers
    resolve({
      status: this.#status,
      header: (name) => single(headers[name.toLowerCase()]),
      body: this.#body?.value ?? '',
    })
  }

  /** Where the status is enough, a failure of the body does not matter; its beginning is kept. */
  #failed(error: Error): void {
    clearTimeout(this.#timer)
    const isEnough = this.#status !== 0 && (this.#request.keep === 0 || this.#ofFailure !== undefined)
    if (isEnough) this.#answered()
    else this.#over.reject(error)
  }
}

const TOO_LONG = new BatutaError('no-answer', 'the rest of the answer is not read')

function single(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null
}
