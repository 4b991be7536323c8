// A participant on Node 24: `PORT=3001 BATUTA_URL=http://localhost:3000 node node.ts`. It seats guests, once for each command.
import { createServer } from 'node:http'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { json } from 'node:stream/consumers'

const { BATUTA_URL = 'http://localhost:3000', PORT = '3001', FILE = 'seats.sqlite' } = process.env
const db = new DatabaseSync(FILE)
db.exec('CREATE TABLE IF NOT EXISTS acts (key TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT')
const find = db.prepare('SELECT event FROM acts WHERE key = ?')
const keep = db.prepare('INSERT INTO acts (key, event) VALUES (?, ?)')

interface Message {
  readonly key: string
  readonly value: { readonly messageLabel: string; readonly messagePayload: Readonly<Record<string, unknown>> }
}

/** The work itself: the command → the event that answers it. `undefined`: there is no such command here. */
function act({ messageLabel, messagePayload: { guests } }: Message['value']): Message['value'] | undefined {
  const count = Number(guests)
  if (messageLabel === 'validateReservation')
    return { messageLabel: count >= 1 && count <= 12 ? 'validationOK' : 'validationKO', messagePayload: {} }
  if (messageLabel === 'checkReservation')
    return { messageLabel: count <= 8 ? 'checkOK' : 'checkKO', messagePayload: {} }
  return undefined
}

/** The event of a command, made once: a repeat of the key finds the first one. Work in this database belongs into one transaction with it. */
function eventOf(key: string, command: Message): string | undefined {
  const known = find.get(key)?.['event'] as string | undefined
  if (known !== undefined) return known
  const value = act(command.value)
  if (value === undefined) return undefined
  const event = JSON.stringify({ key: command.key, value } satisfies Message)
  keep.run(key, event)
  return event
}

/** The status for Batuta: 204 once it has the event, 503 where it must send the command again. */
async function handle(key: string, command: Message): Promise<number> {
  const event = eventOf(key, command)
  if (event === undefined) return 404
  const headers = { 'content-type': 'application/json', 'idempotency-key': key }
  const { status } = await fetch(`${BATUTA_URL}/event`, {
    method: 'POST',
    headers,
    body: event,
    signal: AbortSignal.timeout(5_000),
  })
  if (status >= 500 || status === 429) return 503
  if (status >= 400) console.error(`event of ${key}: ${status}`) // a repeat would have the same answer: a human must look
  return 204
}

const server = createServer((request, response) => {
  const key = String(request.headers['idempotency-key'])
  void json(request)
    .then((command) => handle(key, command as Message))
    .catch((thrown: unknown) => (console.error(`command ${key}: ${String(thrown)}`), 503))
    .then((status) => response.writeHead(status).end())
})
server.listen(Number(PORT))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
