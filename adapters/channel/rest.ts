import { encodeIdentity } from '../../src/codec/identity.ts'
import { encodeCommand } from '../../src/codec/message.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Command, Duration } from '../../src/engine/saga.ts'
import { BatutaError, reasonOf, withoutSecrets, withoutUrl } from '../../src/errors.ts'
import type { Channel, FlowLimits, Rejected, Sent } from '../../src/ports/channel.ts'
import type { Fetch, HeaderText, OutwardAnswer } from '../../src/ports/runtime.ts'

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
    readonly retry?: { readonly attempts?: number | undefined } | undefined
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
  const { attempts } = retry ?? {}
  const isSentOnce = attempts === 1
  const timeouts = { connect: Math.min(DEFAULTS.connect, timeout), answer: timeout }

  async function send(command: Command): Promise<Sent> {
    try {
      const headers: Record<string, string> = { ...handedOn(command, headerText), ...fixed }
      headers['idempotency-key'] = encodeIdentity(command.id)
      if (command.trace !== undefined) headers['traceparent'] = command.trace
      return verdict(await fetch(url, { method, headers, body: encodeCommand(command), timeouts, keep: 0, isSentOnce }))
    } catch (thrown) {
      return { kind: 'unreachable', why: `${method} ${shown}: ${spellings.reduce(withoutUrl, reasonOf(thrown))}` }
    }
  }

  return { id, timeout, limits, attempts, send, probe: async () => ({ ok: true }), close: async () => undefined }
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

/** A redirect is not followed: a command goes to the configured URL only, so a 3xx is a rejection like a 4xx (P15). */
function verdict(answer: OutwardAnswer): Sent {
  const { status } = answer
  if (status >= 200 && status < 300) return DELIVERED
  const retryable = status >= 500 || RETRYABLE.has(status)
  return { kind: 'rejected', status, retryable, ...retryAfter(answer) }
}

const DELIVERED: Sent = { kind: 'delivered' }
const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429])

/** Reads seconds only: a date would need a clock that agrees with the participant's. */
function retryAfter(answer: OutwardAnswer): Pick<Rejected, 'retryAfter'> {
  const header = answer.header('retry-after') ?? ''
  return /^\d{1,6}$/.test(header) ? { retryAfter: Number(header) * 1_000 } : {}
}
