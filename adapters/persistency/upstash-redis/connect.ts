import { Redis } from '@upstash/redis/cloudflare'
import type { Requester } from '@upstash/redis/cloudflare'
import type { Duration } from '../../../src/engine/saga.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import type { Fetch } from '../../../src/ports/runtime.ts'
import type { ScriptAnswer, SentCall, Transport } from '../redis/transport.ts'
import { RedisRefusal } from '../redis/failure.ts'

export interface UpstashOptions {
  readonly url: string
  readonly token: string
  readonly fetch: Fetch
}

/** A request each, through the `fetch` that it is lent. */
export function upstashTransport(options: UpstashOptions): Transport {
  return {
    within(patience) {
      const client = new UpstashClient(options, patience)
      return (calls) => client.send(calls)
    },
    close: async () => undefined,
  }
}

/** The client makes a way out of its own, which nobody uses; of all its entries this is the one that looks at no environment. */
const NOWHERE = { url: 'https://redis.invalid', token: 'none' }

/** More than any answer to a request of ours: none carries much more than one saga. */
const KEEP = 67_108_864

/**
 * The client of Upstash over a way out of our own: its own way sends again what got no answer (P6), parses what it was
 * given, takes an aborted request for answered, and puts whole commands into its errors.
 */
class UpstashClient extends Redis {
  /** `answer`: milliseconds until an answer must be there whole. */
  constructor(options: UpstashOptions, answer: Duration) {
    super({ ...NOWHERE, enableTelemetry: false, enableAutoPipelining: false })
    this.client = wayOut(options, answer)
    this.opts = { automaticDeserialization: false }
  }

  /** In one request. */
  async send(calls: readonly SentCall[]): Promise<ScriptAnswer[]> {
    const pipeline = this.pipeline()
    for (const { script, keys, args, with: sent } of calls) {
      if (sent === 'hash') pipeline.evalsha(script.sha, [...keys], [...args])
      else pipeline.eval(script.text, [...keys], [...args])
    }
    const answers = await pipeline.exec({ keepErrors: true })
    return answers.map(({ error, result }) => (error === undefined ? { result } : { error }))
  }
}

/** Sends each request once. Answers come as plain JSON: everything of ours is well-formed text. */
function wayOut({ url, token, fetch }: UpstashOptions, answer: Duration): Requester {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const timeouts = { connect: Math.min(DEFAULTS.connect, answer), answer }
  return {
    async request({ path = [], body }) {
      const request = { method: 'POST', headers, body: JSON.stringify(body), timeouts, keep: KEEP }
      const { status, body: text } = await fetch([url, ...path].join('/'), request)
      const read = parsed(text)
      if (status < 200 || status > 299) throw new RedisRefusal(`${status} ${errorIn(read) ?? shortened(text)}`)
      if (!Array.isArray(read)) throw new RedisRefusal(`${status} that is not of Upstash: ${shortened(text)}`)
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
