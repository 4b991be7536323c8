import { createServer } from 'node:http'
import type { Server } from 'node:http'
import process from 'node:process'
import { json } from 'node:stream/consumers'

/** The body of a command, and of the event that answers it. */
interface Message {
  /** The saga's id. */
  readonly key: string
  readonly value: { readonly messageLabel: string; readonly messagePayload: Readonly<Record<string, unknown>> }
}

/** The saga's metadata → the event that answers the command. The same metadata always has the same answer. */
type Answer = (metadata: Message['value']['messagePayload']) => Message['value']

const ANSWERS: Readonly<Record<string, Answer>> = {
  validateReservation: ({ guests }) =>
    typeof guests === 'number' && guests >= 1 && guests <= 12
      ? { messageLabel: 'validationOK', messagePayload: { table: guests <= 4 ? 'small' : 'large' } }
      : { messageLabel: 'validationKO', messagePayload: { reason: 'guests: expected a number from 1 to 12' } },
  checkReservation: ({ guests }) =>
    typeof guests === 'number' && guests <= 8
      ? { messageLabel: 'checkOK', messagePayload: {} }
      : { messageLabel: 'checkKO', messagePayload: { reason: 'no table has more than 8 seats' } },
}

/**
 * A participant over HTTP. It accepts a command (204) only after Batuta has accepted the event, so it needs no store: after a
 * crash Batuta sends the command again. The event has the command's `idempotency-key`, so a repeated event is a duplicate.
 */
export function participant(batuta: string): Server {
  return createServer((request, response) => {
    const key = String(request.headers['idempotency-key'])
    void json(request)
      .then((body) => answer(batuta, key, body as Message))
      .catch((thrown: unknown) => (console.error(`answer ${key}: ${String(thrown)}`), 503))
      .then((status) => response.writeHead(status).end())
  })
}

/** Returns the status for the command: 204, or 503 where it must be sent again. */
async function answer(batuta: string, idempotencyKey: string, command: Message): Promise<number> {
  const value = ANSWERS[command.value.messageLabel]?.(command.value.messagePayload)
  if (value === undefined) return 404
  const { ok } = await fetch(`${batuta}/event`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
    body: JSON.stringify({ key: command.key, value } satisfies Message),
    signal: AbortSignal.timeout(5_000),
  })
  return ok ? 204 : 503
}

if (import.meta.main) {
  const { BATUTA_URL = 'http://localhost:3000', PORT = '3001' } = process.env
  const server = participant(BATUTA_URL).listen(Number(PORT))
  process.on('SIGTERM', () => server.close())
}
