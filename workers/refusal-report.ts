import { RequestIds } from '../src/http/request-id.ts'
import { requestFields } from '../src/http/request-fields.ts'
import { Incidents } from '../src/orchestrator/incidents.ts'
import type { Metrics } from '../src/ports/metrics.ts'
import type { LogLevel, Runtime } from '../src/ports/runtime.ts'
import type { RefusedRoute } from './quick-refusal.ts'

/** Bounds the memory of connections. */
export interface ConnectionLimit {
  /** Open connections. */
  readonly limit: number
  /** Called for each new connection that was ended since none of the others could be. */
  readonly dropped: () => void
  /** Called for each new connection that is kept. */
  readonly accepted: () => void
}

const STATUS = 503

/** A request that a server answered 503 itself. */
export interface RefusedRequest {
  readonly incoming: { readonly url?: string | undefined; readonly headers: RequestHeaders }
  readonly route: RefusedRoute
  /** Requests that wait for their turn. */
  readonly waiting: number
  /** Milliseconds since it came. */
  readonly waited: number
}

type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Options of `RefusalReport`. */
export interface RefusalReportOptions {
  readonly runtime: Pick<Runtime, 'monotonic' | 'after' | 'log' | 'random'>
  readonly metrics: Pick<Metrics, 'refused' | 'request'>
  /** `debug` and `trace` log each request, like those that the app answers. */
  readonly logLevel: LogLevel
}

/** Counts and logs what a server refuses under overload before the app sees it (P16). */
export class RefusalReport {
  readonly #options: RefusalReportOptions
  readonly #incidents: Incidents
  readonly #ids: RequestIds
  readonly #isLogged: boolean
  #isRefusing = false

  constructor(options: RefusalReportOptions) {
    this.#options = options
    this.#incidents = new Incidents(options.runtime)
    this.#ids = new RequestIds(options.runtime)
    this.#isLogged = options.logLevel === 'debug' || options.logLevel === 'trace'
  }

  /** A request was answered 503 without the app. */
  refused(request: RefusedRequest): void {
    const { metrics } = this.#options
    const { route, waiting, waited } = request
    this.#isRefusing = true
    metrics.refused('wait')
    metrics.request({ method: 'POST', route, status: STATUS }, waited / 1_000)
    this.#report('turns', { waiting })
    if (this.#isLogged) this.#log(request)
  }

  /** A request was begun. */
  admitted(): void {
    if (!this.#isRefusing) return
    this.#isRefusing = false
    this.#incidents.succeeded('turns', 'request.admitted')
  }

  /** The bound of open connections. */
  connections(limit: number): ConnectionLimit {
    const dropped = (): void => {
      this.#options.metrics.refused('connections')
      this.#report('connections', { connections: limit })
    }
    const accepted = (): void => this.#incidents.succeeded('connections', 'request.admitted')
    return { limit, dropped, accepted }
  }

  #log({ incoming: { url = '', headers }, waited }: RefusedRequest): void {
    const header = (name: string): string | undefined => headers[name]?.toString()
    const reqId = this.#ids.next(header('x-request-id'))
    const fields = requestFields({ reqId, method: 'POST', target: url, header }, { statusCode: STATUS })
    this.#options.runtime.log.write('request.completed', { ...fields, responseTime: waited })
  }

  #report(kind: 'turns' | 'connections', fields: Readonly<Record<string, number>>): void {
    this.#incidents.report({ code: 'request.overload', group: kind, kind, fields })
  }
}
