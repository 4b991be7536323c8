import { setTimeout as sleep } from 'node:timers/promises'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Parsed; `undefined` where the text is not JSON. */
  readonly json: unknown
}

export interface Request {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is when a text, else as JSON. */
  readonly body?: unknown
}

/** One exchange, whatever the status. Throws where there is no answer. */
export async function call(url: string, request: Request = {}, signal?: AbortSignal): Promise<Answer> {
  const { body, headers = {} } = request
  const method = request.method ?? (body === undefined ? 'GET' : 'POST')
  const content = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const timeout = AbortSignal.timeout(30_000)
  const answer = await fetch(url, {
    method,
    headers: { ...type, ...headers },
    redirect: 'manual',
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    ...(content !== undefined && { body: content }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, json: parsed(text) }
}

export interface Insisted {
  readonly answer: Answer
  readonly tries: number
  /** When the try was begun that got the answer. */
  readonly at: number
  /** Statuses of the tries before it, without those that had no answer. */
  readonly refusals: readonly number[]
}

/** Tries again, there or wherever `url` says by then, until there is an answer below 500, as senders of events and creations must (I1). */
export async function insist(url: string | (() => string), request: Request, signal?: AbortSignal): Promise<Insisted> {
  const refusals: number[] = []
  for (let tries = 1; ; tries++) {
    const at = Date.now()
    const answer = await call(typeof url === 'string' ? url : url(), request, signal).catch(() => undefined)
    if (answer !== undefined && answer.status < 500) return { answer, tries, at, refusals }
    if (answer !== undefined) refusals.push(answer.status)
    await sleep(25, undefined, { signal: signal as AbortSignal })
  }
}

/** Shortest and longest pause between two looks. */
const [EAGER, PATIENT] = [25, 100]

/** Looks until what it sees is there, less often the longer it waits; a timeout says what was looked for. */
export async function eventually<T>(look: () => Promise<T | undefined> | T | undefined, within = 20_000): Promise<T> {
  const from = Date.now()
  for (;;) {
    const seen = await look()
    if (seen !== undefined) return seen
    const waited = Date.now() - from
    if (waited > within) throw new Error(`wait: it did not come true within ${within} ms: ${look.toString()}`)
    await sleep(Math.min(EAGER + waited / 20, PATIENT))
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
