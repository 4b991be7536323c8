import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openDoors } from '../../../workers/front-doors.ts'

const CONNECTIONS = 200

test('P16 connections are accepted faster than one in a turn of the event loop', async () => {
  const server = createServer()
  let accepted = 0
  server.on('connection', () => accepted++)
  const doors = await openDoors(server, { host: '127.0.0.1', port: 0 })
  const { port } = doors.address
  const clients = Array.from({ length: CONNECTIONS }, () => connect({ port, host: '127.0.0.1' }))
  await Promise.all(clients.map((client) => once(client, 'connect')))
  let turns = 0
  for (; accepted < CONNECTIONS; turns++) await turn()
  expect(turns).toBeLessThan(CONNECTIONS / 4)
  for (const client of clients) client.destroy()
  await doors.close()
})

test('C1.3 a port that another server has is refused, although servers could share it', async () => {
  const [first, second] = [createServer(), createServer()]
  const doors = await openDoors(first, { host: '127.0.0.1', port: 0 })
  const again = openDoors(second, { host: '127.0.0.1', port: doors.address.port })
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await doors.close()
  const { close } = await openDoors(second, { host: '127.0.0.1', port: doors.address.port })
  await close()
})

test('C1.3 the workers of a cluster share a port', async () => {
  const primary = fork(new URL('../../fixtures/cluster.ts', import.meta.url), { execArgv: [] })
  const [ended] = (await once(primary, 'exit')) as [number]
  expect(ended).toBe(0)
})

test('P16 a connection above the limit is ended at once and counted', async () => {
  const server = createServer()
  let dropped = 0
  const connections = { limit: 1, dropped: () => void dropped++, accepted: () => undefined }
  const doors = await openDoors(server, { host: '127.0.0.1', port: 0, connections })
  const { port } = doors.address
  const kept = connect({ port, host: '127.0.0.1' })
  await once(server, 'connection')
  const refused = connect({ port, host: '127.0.0.1' })
  refused.on('error', () => undefined) // it may be reset
  await once(refused, 'close')
  expect(dropped).toBe(1)
  kept.destroy()
  await doors.close()
})
