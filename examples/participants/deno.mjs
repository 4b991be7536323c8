// A participant on Deno 2: `PORT=3001 BATUTA_URL=http://localhost:3000 deno run --allow-net --allow-env --allow-read --allow-write deno.mjs`.
import { DatabaseSync } from 'node:sqlite'

const BATUTA_URL = Deno.env.get('BATUTA_URL') ?? 'http://localhost:3000'
const PORT = Number(Deno.env.get('PORT') ?? '3001')
const db = new DatabaseSync(Deno.env.get('FILE') ?? 'seats.sqlite')
db.exec('CREATE TABLE IF NOT EXISTS acts (key TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT')
const find = db.prepare('SELECT event FROM acts WHERE key = ?')
const keep = db.prepare('INSERT INTO acts (key, event) VALUES (?, ?)')

/** The work itself: the command → the event that answers it. `undefined`: there is no such command here. */
function act({ messageLabel, messagePayload: { guests } }) {
  const count = Number(guests)
  if (messageLabel === 'validateReservation')
    return { messageLabel: count >= 1 && count <= 12 ? 'validationOK' : 'validationKO', messagePayload: {} }
  if (messageLabel === 'checkReservation')
    return { messageLabel: count <= 8 ? 'checkOK' : 'checkKO', messagePayload: {} }
  return undefined
}

/** The event of a command, made once: a repeat of the key finds the first one. */
function eventOf(key, command) {
  const known = find.get(key)?.['event']
  if (known !== undefined) return known
  const value = act(command.value)
  if (value === undefined) return undefined
  const event = JSON.stringify({ key: command.key, value })
  keep.run(key, event)
  return event
}

/** The status for Batuta: 204 once it has the event, 503 where it must send the command again. */
async function handle(key, command) {
  const event = eventOf(key, command)
  if (event === undefined) return 404
  const headers = { 'content-type': 'application/json', 'idempotency-key': key }
  const { status, body } = await fetch(`${BATUTA_URL}/event`, {
    method: 'POST',
    headers,
    body: event,
    signal: AbortSignal.timeout(5_000),
  })
  await body?.cancel()
  if (status >= 500 || status === 429) return 503
  if (status >= 400) console.error(`event of ${key}: ${status}`)
  return 204
}

const server = Deno.serve({ port: PORT }, async (request) => {
  const key = request.headers.get('idempotency-key') ?? ''
  try {
    return new Response(null, { status: await handle(key, await request.json()) })
  } catch (thrown) {
    console.error(`command ${key}: ${String(thrown)}`)
    return new Response(null, { status: 503 })
  }
})
Deno.addSignalListener('SIGTERM', () => void server.shutdown().then(() => Deno.exit(0)))
