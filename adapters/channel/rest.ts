import { encodeIdentity } from '../../src/codec/identity.ts'
import { encodeCommand } from '../../src/codec/message.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Command, Duration } from '../../src/engine/saga.ts'
import { BatutaError, reasonOf, withoutSecrets, withoutUrl } from '../../src/errors.ts'
import type { Channel, ChannelRetry, FlowLimits, Sent } from '../../src/ports/channel.ts'
import type { Fetch, HeaderText, OutwardAnswer } from '../../src/ports/runtime.ts'
import { ANSWER_BYTES, answerText, withoutKnown } from './rest/answer-text.ts'
import { retryAfter } from './rest/retry-after.ts'

/** A REST channel of saga.json (C2.3). */
export interface RestChannelOptions {
  readonly id: string
  readonly configurations: {
    readonly protocol: 'http' | 'https'
    readonly endpoint: string
    readonly port?: number | undefined
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, { reveal(): string }>>
    readonly timeout: Duration
    readonly limits?: FlowLimits | undefined
    readonly retry?: ChannelRetry | undefined
  }
}

/**
 * Sends commands by HTTP: the body of C3.2, the command's id in a header (C3.5). A configured header wins over one handed on (C3.6).
 * Any 2xx is a success.
 */
export function restChannel(
  { id, configurations }: RestChannelOptions,
  fetch: Fetch,
  headerText?: HeaderText,
): Channel {
  const { protocol, endpoint, port, path, method, timeout, limits, retry } = configurations
  const url = `${protocol}://${endpoint}${port === undefined ? '' : `:${port}`}${path}`
  const shown = withoutSecrets(url)
  const spellings = [url, new URL(url).href]
  const fixed = headersOf(configurations.headers)
  const secrets = [...Object.values(configurations.headers).map((value) => value.reveal()), ...querySecrets(url)]
  const common = { method, keep: 0, keepOfFailure: ANSWER_BYTES, isSentOnce: retry?.attempts === 1 }
  const timeouts = { connect: Math.min(DEFAULTS.connect, timeout), answer: timeout }

  async function send(command: Command): Promise<Sent> {
    try {
      const headers: Record<string, string> = { ...handedOn(command, headerText), ...fixed }
      headers['idempotency-key'] = encodeIdentity(command.id)
      if (command.trace !== undefined) headers['traceparent'] = command.trace
      const answer = await fetch(url, { ...common, headers, body: encodeCommand(command), timeouts })
      return isSuccess(answer) ? DELIVERED : rejection(answer, [...secrets, ...secretsOf(command)])
    } catch (thrown) {
      const why = withoutKnown(spellings.reduce(withoutUrl, reasonOf(thrown)), [...secrets, ...secretsOf(command)])
      return { kind: 'unreachable', why: `${method} ${shown}: ${why}` }
    }
  }

  return { id, timeout, limits, retry, send, probe: async () => ({ ok: true }), close: async () => undefined }
}

function headersOf(secrets: Readonly<Record<string, { reveal(): string }>>): Record<string, string> {
  const given = Object.entries(secrets).map(([name, value]) => [name.toLowerCase(), value.reveal()])
  return { ...Object.fromEntries(given), 'content-type': 'application/json' }
}

/** Handed-on headers as the host sends them (C3.6). Throws where it cannot send one unchanged: another host may. */
function handedOn({ headers }: Command, text: HeaderText | undefined): Record<string, string> {
  if (headers === undefined || text === undefined) return { ...headers }
  return Object.fromEntries(
    Object.entries(headers).map(([name, bytes]) => {
      const value = text.write(bytes)
      if (value === undefined) throw new BatutaError('no-answer', `this host cannot send the header ${name} unchanged`)
      return [name, value]
    }),
  )
}

function isSuccess({ status }: OutwardAnswer): boolean {
  return status >= 200 && status < 300
}

/** A redirect is not followed: a command goes to the configured URL only, so a 3xx is a rejection like a 4xx (P15). */
function rejection(answer: OutwardAnswer, secrets: readonly string[]): Sent {
  const { status } = answer
  const retryable = status >= 500 || RETRYABLE.has(status)
  const said = answerText(answer.body, secrets)
  return { kind: 'rejected', status, retryable, ...retryAfter(answer), ...(said !== undefined && { answer: said }) }
}

const DELIVERED: Sent = { kind: 'delivered' }
const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429])

/** Values of the query, as they are written and as they are read: a participant may repeat the address in its answer (C2.6). */
function querySecrets(url: string): readonly string[] {
  const { search, searchParams } = new URL(url)
  if (search === '') return []
  const written = search.slice(1).split('&')
  return [search.slice(1), ...written.map((pair) => pair.slice(pair.indexOf('=') + 1)), ...searchParams.values()]
}

/** Handed-on headers may hold credentials and personal data, so no answer shows them (P29). The id of a request is neither. */
function secretsOf({ headers = {} }: Command): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => (name === 'x-request-id' ? [] : [value]))
}
