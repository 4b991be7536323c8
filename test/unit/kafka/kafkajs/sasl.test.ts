import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { expect, test } from 'vitest'
import { kafkajsDriver } from '../../../../adapters/channel/kafka/kafkajs/client.ts'
import type { BrokerSasl } from '../../../../adapters/channel/kafka/settings.ts'
import { Secret } from '../../../../src/config/secret.ts'

const API = { handshake: 17, versions: 18, authenticate: 36 } as const

test('C2.2 aws: the keys go to the broker as KafkaJS writes them', async () => {
  const sasl: BrokerSasl = {
    mechanism: 'aws',
    authorizationIdentity: new Secret('role'),
    accessKeyId: new Secret('id'),
    secretAccessKey: new Secret('key'),
    sessionToken: new Secret('token'),
  }
  expect(await saidOf(sasl)).toEqual({ mechanism: 'AWS', credentials: ['role', 'id', 'key', 'token'] })
  expect(await saidOf({ ...sasl, sessionToken: undefined })).toMatchObject({ credentials: ['role', 'id', 'key', ''] })
})

/** The login that a broker receives. It closes the connection then, so that the client gives up. */
async function saidOf(sasl: BrokerSasl): Promise<{ mechanism: string; credentials: string[] }> {
  const said = Promise.withResolvers<{ mechanism: string; credentials: string[] }>()
  let mechanism = ''
  const server = createServer((socket) => {
    onRequests(socket, (api, body) => {
      if (api === API.versions) return versions()
      if (api === API.handshake) {
        mechanism = body.subarray(2).toString()
        return Buffer.concat([short(0), int(1), text(mechanism)])
      }
      said.resolve({ mechanism, credentials: body.subarray(4).toString().split('\0') })
      socket.destroy()
      return undefined
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const connection = { brokers: [new Secret(`127.0.0.1:${port}`)], authenticationProperties: { sasl } }
  const connecting = kafkajsDriver(connection, 'test', { write: () => undefined, writes: () => false }).admin()
  const answer = await said.promise
  server.close()
  await expect(connecting).rejects.toMatchObject({ code: expect.stringMatching(/^broker-/) })
  return answer
}

/** Calls back with the API and the body of each request, and sends the answer. */
function onRequests(socket: Socket, answer: (api: number, body: Buffer) => Buffer | undefined): void {
  let read = Buffer.alloc(0)
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    read = Buffer.concat([read, chunk])
    while (read.length >= 4 && read.length >= 4 + read.readInt32BE(0)) {
      const frame = read.subarray(4, 4 + read.readInt32BE(0))
      read = read.subarray(4 + frame.length)
      const clientId = frame.readInt16BE(8)
      const body = answer(frame.readInt16BE(0), frame.subarray(10 + Math.max(0, clientId)))
      if (body !== undefined) socket.write(Buffer.concat([int(4 + body.length), frame.subarray(4, 8), body]))
    }
  })
}

function versions(): Buffer {
  const supported = [
    [API.handshake, 0, 1],
    [API.versions, 0, 2],
    [API.authenticate, 0, 1],
  ]
  return Buffer.concat([short(0), int(supported.length), ...supported.flat().map(short), int(0)])
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function text(value: string): Buffer {
  return Buffer.concat([short(value.length), Buffer.from(value)])
}
