import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { participant } from '../../examples/compose-rest/participant.ts'
import { readConfiguration } from '../../src/config/read-configuration.ts'
import { call, eventually } from '../services/client.ts'
import { freePort } from '../services/processes.ts'
import type { Compose } from './compose.ts'
import { read, ROOT, yaml } from './files.ts'

const FOLDER = 'examples/compose-rest'
const SAGA = read(FOLDER, 'saga.json')
const { services } = yaml<Compose>(read(FOLDER, 'compose.yaml'))

describe('examples/compose-rest', () => {
  test('its saga.json is valid, and its channel leads to the participant', async () => {
    const configuration = await readConfiguration(SAGA, { variable: () => undefined })
    expect(configuration).toMatchObject({ ok: true, warnings: [] })
    const [channel] = configuration.ok ? configuration.value.channels : []
    const { endpoint, port } = channel?.type === 'rest' ? channel.configurations : {}
    expect(services).toHaveProperty([String(endpoint)])
    expect(services[String(endpoint)]?.environment?.['PORT']).toBe(port)
  })

  test('the image is that of the Containerfile, and the participant reaches the worker', () => {
    expect(read('Containerfile')).toContain(`FROM ${services['participant']?.image}\n`)
    expect(services).toHaveProperty(new URL(String(services['participant']?.environment?.['BATUTA_URL'])).hostname)
  })

  test('a reservation for 2 is confirmed, one for 10 fails', { timeout: 60_000 }, async () => {
    const url = `http://127.0.0.1:${await serviceWithParticipant()}`
    for (const [guests, state] of Object.entries({ 2: 'reservationConfirmed', 10: 'reservationFailed' })) {
      const body = { associatedEntityId: 'table-4', metadata: { guests: Number(guests) } }
      const { sagaId } = (await call(`${url}/saga`, { body })).json as { readonly sagaId: string }
      const reached = async () =>
        ((await call(`${url}/sagas/${sagaId}`)).json as { readonly currentState: string }).currentState
      await eventually(async () => ((await reached()) === state ? true : undefined))
    }
  })
})

/** The two processes of compose.yaml, on loopback; answers the port of the worker. */
async function serviceWithParticipant(): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), 'batuta-compose-rest-'))
  const port = await freePort()
  const server = participant(`http://127.0.0.1:${port}`).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const text = SAGA.replace(
    '"participant",\n        "port": 3001',
    `"127.0.0.1",\n        "port": ${(server.address() as AddressInfo).port}`,
  )
  const [file = ''] = services['worker']?.command ?? []
  const child = spawn(process.execPath, [join(ROOT, file)], {
    env: { CONFIGURATION: text, DATA_PATH: data, HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port) },
    stdio: 'ignore',
  })
  onTestFinished(async () => {
    child.kill()
    await once(child, 'exit')
    server.close()
    rmSync(data, { recursive: true })
  })
  await eventually(() =>
    call(`http://127.0.0.1:${port}/-/ready`).then(
      ({ status }) => status === 200 || undefined,
      () => undefined,
    ),
  )
  return port
}
