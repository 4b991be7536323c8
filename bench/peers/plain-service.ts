import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

/**
 * An upper bound: the reservation in a hundred lines, without timers, retries, recovery, idempotency keys, lists or history. A
 * command is lost where the process ends before it is sent. Its writes wait for the disk, those of one turn together.
 */
interface Row {
  readonly state: string
  readonly metadata: string
}

type Payload = Readonly<Record<string, unknown>>

const MOVES: Readonly<Record<string, { readonly state: string; readonly command?: string }>> = {
  validationOK: { state: 'reservationValidated', command: 'checkReservation' },
  checkOK: { state: 'reservationConfirmed' },
}

const agent = new Agent({ keepAlive: true, maxSockets: 128 })
const port = Number(process.env['PARTICIPANT_PORT'])
const database = new DatabaseSync(join(process.env['DATA_PATH'] ?? '.', 'plain.sqlite'))
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
database.exec('CREATE TABLE sagas (id TEXT PRIMARY KEY, state TEXT, metadata TEXT) WITHOUT ROWID')
const insert = database.prepare('INSERT INTO sagas VALUES (?, ?, ?)')
const select = database.prepare('SELECT state, metadata FROM sagas WHERE id = ?')
const update = database.prepare('UPDATE sagas SET state = ?, metadata = ? WHERE id = ?')

/** Writes of this turn of the event loop, each with what follows its commit. */
let waiting: { readonly write: () => void; readonly done: () => void }[] = []

/** Resolves when the write is on the disk. */
function commit(write: () => void): Promise<void> {
  return new Promise((done) => {
    if (waiting.push({ write, done }) === 1) setImmediate(flush)
  })
}

function flush(): void {
  const group = waiting
  waiting = []
  database.exec('BEGIN IMMEDIATE')
  for (const { write } of group) write()
  database.exec('COMMIT')
  for (const { done } of group) done()
}

function send(key: string, messageLabel: string, messagePayload: Payload): void {
  const headers = { 'content-type': 'application/json', 'idempotency-key': `${key}/${messageLabel}` }
  request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/commands', headers }, (answer) => answer.resume())
    .on('error', (error) => process.stderr.write(`${error.message}\n`))
    .end(JSON.stringify({ key, value: { messageLabel, messagePayload } }))
}

const app = new Hono()

app.post('/saga', async (c) => {
  const { metadata } = await c.req.json<{ metadata: Payload }>()
  const sagaId = randomUUID()
  await commit(() => void insert.run(sagaId, 'reservationCreated', JSON.stringify(metadata)))
  send(sagaId, 'validateReservation', metadata)
  return c.json({ sagaId })
})

app.post('/event', async (c) => {
  const { key, value } = await c.req.json<{ key: string; value: { messageLabel: string; messagePayload: Payload } }>()
  const move = MOVES[value.messageLabel]
  const row = select.get(key) as Row | undefined
  if (row === undefined || move === undefined) return c.json({ error: 'unknown' }, 404)
  const metadata = { ...(JSON.parse(row.metadata) as Payload), ...value.messagePayload }
  await commit(() => void update.run(move.state, JSON.stringify(metadata), key))
  if (move.command !== undefined) send(key, move.command, metadata)
  return c.json({ outcome: 'moved', sagaId: key, currentState: move.state })
})

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port: own }) => {
  process.stdout.write(`${JSON.stringify({ url: `http://localhost:${own}` })}\n`)
})
process.on('SIGTERM', () => process.exit())
