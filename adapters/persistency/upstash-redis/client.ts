import { Redis } from '@upstash/redis/cloudflare'
import type { Requester } from '@upstash/redis/cloudflare'
import type { Duration } from '../../../src/engine/saga.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import type { Fetch } from '../../../src/ports/runtime.ts'
import { Refused } from './failure.ts'
import type { Script } from './scripts.ts'

/** One run of a script. */
export interface Call {
  readonly script: Script
  readonly keys: readonly string[]
  readonly args: readonly string[]
}

export type Answer = { readonly result: unknown } | { readonly error: string }

export interface ClientOptions {
  readonly url: string
  readonly token: string
  readonly fetch: Fetch
  /** Until an answer must be there whole. */
  readonly answer: Duration
}

/** The client makes a way out of its own, which nobody uses; of all its entries this is the one that looks at no environment. */
const NOWHERE = { url: 'https://redis.invalid', token: 'none' }

/** More than any answer to a request of ours: none carries much more than one saga. */
const KEEP = 67_108_864

/**
 * The client of Upstash over a way out of our own: its own way sends again what got no answer (P6), parses what it was
 * given, takes an aborted request for answered, and puts whole commands into its errors.
 */
export class Client extends Redis {
  constructor(options: ClientOptions) {
    super({ ...NOWHERE, enableTelemetry: false, enableAutoPipelining: false })
    this.client = wayOut(options)
    this.opts = { automaticDeserialization: false }
  }

  /** Runs them in one request and answers one by one. Throws where there is no such answer: then their fate is unknown. */
  async run(calls: readonly Call[]): Promise<readonly Answer[]> {
    const answers = await this.#send(calls)
    const places = [...answers.keys()].filter((place) => isUnknownScript(answers[place]))
    if (places.length === 0) return answers
    const again = await this.#send(
      places.map((place) => calls[place] as Call),
      new Set(),
    )
    return answers.map((answer, place) => again[places.indexOf(place)] ?? answer)
  }

  /** `taught`: scripts that are in this request already; absent where Redis is taken to know all of them. */
  async #send(calls: readonly Call[], taught?: Set<Script>): Promise<Answer[]> {
    const pipeline = this.pipeline()
    for (const { script, keys, args } of calls) {
      if (taught === undefined || taught.has(script)) pipeline.evalsha(script.sha, [...keys], [...args])
      else pipeline.eval(script.text, [...keys], [...args])
      taught?.add(script)
    }
    const answers = await pipeline.exec({ keepErrors: true })
    return answers.map(({ error, result }) => (error === undefined ? { result } : { error }))
  }
}

/** Nothing was run. */
function isUnknownScript(answer: Answer | undefined): boolean {
  return answer !== undefined && 'error' in answer && answer.error.startsWith('NOSCRIPT')
}

/** Sends each request once. Answers come as plain JSON: everything of ours is well-formed text. */
function wayOut({ url, token, fetch, answer }: ClientOptions): Requester {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const timeouts = { connect: Math.min(DEFAULTS.connect, answer), answer }
  return {
    async request({ path = [], body }) {
      const request = { method: 'POST', headers, body: JSON.stringify(body), timeouts, keep: KEEP }
      const { status, body: text } = await fetch([url, ...path].join('/'), request)
      const read = parsed(text)
      if (status < 200 || status > 299) throw new Refused(`${status} ${errorIn(read) ?? shortened(text)}`)
      if (!Array.isArray(read)) throw new Refused(`${status} that is not of Upstash: ${shortened(text)}`)
      return read as never
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function errorIn(read: unknown): string | undefined {
  const { error } = (read ?? {}) as { error?: unknown }
  return typeof error === 'string' ? error : undefined
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
