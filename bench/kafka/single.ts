import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MACHINE, sagaId, SAGAS } from './load.ts'
import { openPipe } from './pipe.ts'

/**
 * An orchestrator as it is commonly written: one message at a time; the saga's document is read, changed and written back, then
 * the command is sent, then the offset committed. Its store is as durable as ours and in the same process.
 */
interface Document {
  currentState: string
  latestEvent: string
  metadata: Record<string, unknown>
  history: { states: object[]; events: object[] }
}

const { pipe, consumer, producer } = await openPipe()
mkdirSync(pipe.folder, { recursive: true })
const db = new DatabaseSync(join(pipe.folder, 'single.sqlite'))
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536')
db.exec('CREATE TABLE sagas (id TEXT PRIMARY KEY, document TEXT NOT NULL)')
const insert = db.prepare('INSERT INTO sagas (id, document) VALUES (?, ?)')
const read = db.prepare('SELECT document FROM sagas WHERE id = ?')
const write = db.prepare('UPDATE sagas SET document = ? WHERE id = ?')
const states = new Map(MACHINE.states.map((state) => [state.id, state]))

const created = {
  currentState: 'created',
  latestEvent: '__created__',
  metadata: {},
  history: { states: [], events: [] },
}
db.exec('BEGIN')
for (let number = 0; number < SAGAS; number++) insert.run(sagaId(number), JSON.stringify(created))
db.exec('COMMIT')

await consumer.run({
  autoCommit: false,
  async eachMessage({ topic, partition, message }) {
    const id = String(message.key)
    const event = JSON.parse(String(message.value)) as {
      messageLabel: string
      messagePayload: Record<string, unknown>
    }
    const document = JSON.parse(String(read.get(id)?.['document'])) as Document
    const label = move(document, event.messageLabel, event.messagePayload)
    write.run(JSON.stringify(document), id)
    if (label !== undefined) {
      const value = JSON.stringify({ messageLabel: label, messagePayload: document.metadata })
      await producer.send({ topic: pipe.commands, acks: -1, messages: [{ key: id, value }] })
    }
    await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }])
  },
})

/** Moves the saga; returns the label of the command that it owes. */
function move(document: Document, label: string, payload: Record<string, unknown>): string | undefined {
  const transitions = states.get(document.currentState)?.outgoingTransitions ?? []
  const target = transitions.find(({ inputEvent }) => inputEvent === label)?.targetState
  if (target === undefined) throw new Error(`move a saga: found "${label}" in "${document.currentState}"`)
  const timestamp = new Date().toISOString()
  document.currentState = target
  document.latestEvent = label
  document.metadata = { ...document.metadata, ...payload }
  document.history.states.push({ state: target, timestamp })
  document.history.events.push({ event: label, timestamp })
  return states.get(target)?.outputCommand?.label
}
