import { Redis } from '@upstash/redis/cloudflare'
import type { Requester } from '@upstash/redis/cloudflare'
import type { Duration } from '../../../src/engine/saga.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import type { Fetch } from '../../../src/ports/runtime.ts'
import type { ScriptAnswer, SentCall, Transport } from '../redis/transport.ts'
import { RedisRefusal } from '../redis/failure.ts'

/** Options of `upstashTransport`. */
export interface UpstashOptions {
  readonly url: string
  readonly token: string
  readonly fetch: Fetch
}

/** A transport that makes one request of each group, by the host's `fetch`. */
export function upstashTransport(options: UpstashOptions): Transport {
  return {
    within(patience) {
      const client = new UpstashClient(options, patience)
      return (calls) => client.send(calls)
    },
    close: async () => undefined,
  }
}

/**
 * The constructor demands an address and makes a requester, which is replaced. This entry point of the client is the one that
 * reads no environment variables.
 */
const NOWHERE = { url: 'https://redis.invalid', token: 'none' }

/** More than any answer of ours, which carries little more than one saga. */
const KEEP = 67_108_864

/**
 * Upstash's client with a requester of ours: its own repeats requests without an answer (P6), parses values, takes an aborted
 * request for answered, and puts whole commands into its errors.
 */
class UpstashClient extends Redis {
  /** `answer`: milliseconds until the whole answer must be there. */
  constructor(options: UpstashOptions, answer: Duration) {
    super({ ...NOWHERE, enableTelemetry: false, enableAutoPipelining: false })
    this.client = wayOut(options, answer)
    this.opts = { automaticDeserialization: false }
  }

  /** Sends all calls in one request. */
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

/** Sends each request once. Answers are plain JSON: everything of ours is well-formed text. */
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
