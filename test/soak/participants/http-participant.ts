/**
 * A participant over HTTP in a process of its own: `node http-participant.ts <settings>`. It prints `ready` when it listens.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { insist } from '../../services/client.ts'
import { Desk } from './desk.ts'
import type { TakenCommand } from './desk.ts'

/** The only argument, as JSON. */
export interface HttpParticipantSettings {
  readonly port: number
  /** Path of the ledger. */
  readonly ledger: string
  /** URLs of the service, which get the events in turn. */
  readonly services: readonly string[]
}

const { port, ledger, services } = JSON.parse(process.argv[2] ?? '') as HttpParticipantSettings
let turn = 0
const url = () => `${services[turn++ % services.length]}/event`

const desk = new Desk({
  ledger,
  transport: 'http',
  async tell({ sagaId, key, label }) {
    const body = { key: sagaId, value: { messageLabel: label, messagePayload: { [label]: true } } }
    const { answer } = await insist(url, { headers: { 'idempotency-key': key }, body })
    const { outcome } = (answer.json ?? {}) as { outcome?: string }
    return answer.status === 200 ? outcome : `status ${answer.status}`
  },
})

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void take(request, response))
server.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'))

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await text(request).catch(() => undefined)
  if (bytes === undefined) return // its sender was killed in the middle of it
  const command = readCommand(String(request.headers['idempotency-key']), bytes)
  const { status, cut, first, later } = desk.take(command)
  await desk.tell(command, first)
  if (cut) request.socket.destroy()
  else response.writeHead(status).end()
  await desk.tell(command, later)
}

function readCommand(key: string, bytes: string): TakenCommand {
  const { key: sagaId, value } = JSON.parse(bytes) as {
    readonly key: string
    readonly value: { readonly messageLabel: string; readonly messagePayload: Readonly<Record<string, unknown>> }
  }
  return { key, bytes, sagaId, label: value.messageLabel, n: Number(value.messagePayload['n']) }
}
