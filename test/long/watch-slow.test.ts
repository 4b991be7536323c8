import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { call, eventually } from '../services/client.ts'
import { openStream } from '../services/read-stream.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerScript } from '../services/worker.ts'

/** Bytes of a step and of the saga after it, which have the description of the business state: many bytes with few steps. */
const LONG = 64 * 1_024
const STEPS = 300
const SLOW = 20
/** Clients that leave together, without a byte of the history that was sent to them: some 400 KiB each. */
const LEAVING = 200
const ROUNDS = 4
/** MiB that may stay of four rounds of them, of 300 that were sent. */
const LEFT = 64
/** MiB that slow clients may cost together: each leaves at most 256 KiB, and what its sockets hold. */
const MOST = 160

function sagaFile(): string {
  const transitions = [{ inputEvent: 'again', targetState: 'asked' }]
  const asked = { id: 'asked', isFinal: false, businessStateId: 1, outgoingTransitions: transitions }
  const businessStates = [{ id: 1, description: 'x'.repeat(LONG) }]
  const machineDefinition = { initialState: 'asked', states: [asked], businessStates }
  return JSON.stringify({ machineDefinition, communicationProtocols: [], persistencyManagement: {} })
}

async function create(url: string): Promise<string> {
  const { json } = await call(`${url}/saga`, { body: { associatedEntityId: 'e', metadata: {} } })
  return (json as { readonly sagaId: string }).sagaId
}

/** A client that asks for the stream, and then reads nothing. */
function slowClient(port: number, id: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET /sagas/${id}/watch HTTP/1.1\r\nhost: x\r\n\r\n`))
    socket.on('error', reject).once('data', () => {
      socket.pause()
      resolve(socket)
    })
  })
}

/** MiB of everything that the worker has started. */
function resident({ family }: Worker): number {
  const sizes = family.map((pid) =>
    Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0) / 1_024
}

function descriptors({ family }: Worker): number {
  return family.reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0)
}

describe.each<WorkerScript>(['start', 'start:workerd'])('clients that do not read, or leave: %s', (script) => {
  test('C7 slow clients cost a bounded memory and no step of the others', { timeout: 300_000 }, async () => {
    const worker = await Worker.start({ script, configuration: sagaFile() })
    const clients: Socket[] = []
    try {
      const id = await create(worker.url)
      const again = (at: number) => ({
        body: { key: id, value: { messageLabel: 'again', messagePayload: { at } } },
      })
      const reader = await openStream(`${worker.url}/sagas/${id}/watch`)
      for (let at = 0; at < 20; at++) await call(`${worker.url}/event`, again(at))
      const before = resident(worker)
      for (let at = 0; at < SLOW; at++) clients.push(await slowClient(worker.port, id))
      for (let at = 20; at < STEPS; at++) expect((await call(`${worker.url}/event`, again(at))).status).toBe(200)
      const steps = () => reader.events.filter(({ event }) => event === 'step').map(({ data }) => data['step'])
      await eventually(() => (steps().length > STEPS ? true : undefined))
      expect(steps()).toEqual(Array.from({ length: STEPS + 1 }, (_, step) => step))
      const grown = resident(worker) - before
      process.stdout.write(
        `${script}: ${SLOW} slow clients, ${((SLOW * STEPS * LONG * 2) / 2 ** 20).toFixed(0)} MiB for them, ${grown.toFixed(0)} MiB more\n`,
      )
      expect(grown).toBeLessThan(MOST)
      // One that reads on finds the end of its stream, after what was on its way.
      const [first] = clients
      let last = ''
      first?.on('data', (bytes: Buffer) => (last = (last + bytes.toString('latin1')).slice(-400))).resume()
      await eventually(() => (last.includes('dropped, because') ? true : undefined))
    } finally {
      for (const client of clients) client.destroy()
      await worker.stop()
    }
  })

  test('C7 clients that leave are forgotten', { timeout: 300_000 }, async () => {
    const worker = await Worker.start({ script, configuration: sagaFile() })
    try {
      const id = await create(worker.url)
      const again = { body: { key: id, value: { messageLabel: 'again', messagePayload: {} } } }
      for (let at = 0; at < 5; at++) await call(`${worker.url}/event`, again)
      const before = descriptors(worker)
      const come = async () => {
        const clients = await Promise.all(Array.from({ length: LEAVING }, () => slowClient(worker.port, id)))
        expect(descriptors(worker)).toBeGreaterThanOrEqual(before + LEAVING)
        for (const client of clients) client.destroy()
        await eventually(() => (descriptors(worker) < before + 20 ? true : undefined))
        // A step after they left reaches no stream of theirs.
        expect((await call(`${worker.url}/event`, again)).status).toBe(200)
      }
      for (let round = 0; round < ROUNDS; round++) await come()
      const first = resident(worker)
      for (let round = 0; round < ROUNDS; round++) await come()
      const grown = resident(worker) - first
      process.stdout.write(
        `${script}: ${ROUNDS * LEAVING} clients have come and left again, ${grown.toFixed(0)} MiB more\n`,
      )
      expect(grown).toBeLessThan(LEFT)
    } finally {
      await worker.stop()
    }
  })
})
