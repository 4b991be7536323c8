import { serve } from '@hono/node-server'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { idPages } from '../../../cli/service/id-file.ts'
import { MACHINE } from '../http/test-app.ts'
import { openCommandStage } from './service.ts'
import type { CommandStage } from './service.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-ids-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function pagesOf(pages: AsyncIterable<readonly string[]>): Promise<(readonly string[])[]> {
  const read: (readonly string[])[] = []
  for await (const page of pages) read.push(page)
  return read
}

test('ids come page by page, without blank lines', async () => {
  const ids = Array.from({ length: 450 }, (_, n) => `s-${n}`)
  const pages = await pagesOf(idPages(file('many', `\n${ids.join('\r\n')}\n\n`)))
  expect(pages.map(({ length }) => length)).toEqual([200, 200, 50])
  expect(pages.flat()).toEqual(ids)
  expect(await pagesOf(idPages(file('none', '')))).toEqual([])
  await expect(pagesOf(idPages(join(folder, 'nowhere')))).rejects.toThrow(/ENOENT/)
})

describe('sagas of a file, where a store cannot list them', () => {
  let service: CommandStage
  let id = ''
  beforeAll(async () => {
    service = await openCommandStage()
    id = await service.create()
    await service.create()
  })
  afterAll(() => service.close())
  const machine = () =>
    file('saga.json', JSON.stringify({ machineDefinition: MACHINE, communicationProtocols: [DESK] }))

  test('batuta verify reads those alone, and names an id that is no saga: code 1', async () => {
    const shown = { machineDefinition: MACHINE, communicationProtocols: [DESK] }
    const server = serve({
      fetch: (request) =>
        request.url.endsWith('/configuration') ? Response.json(shown) : service.app.hono.fetch(request),
      port: 0,
      hostname: '127.0.0.1',
    })
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/flow`
    vi.useFakeTimers({ now: Date.UTC(2030, 0, 1, 0, 0, 1), toFake: ['Date'] }) // the clock of the service
    const verify = (ids: string) => service.command('verify', '--url', url, '--ids', ids)
    expect(await verify(file('one', `${id}\n`))).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^1 sagas, 0 violations, /),
    })
    expect(await verify(file('lost', `${id}\nlost\n`))).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('\nno such saga\nSAGA\nlost\n'),
    })
    expect(await verify(join(folder, 'nowhere'))).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^verify the sagas: ENOENT/),
    })
    server.close()
    vi.useRealTimers()
  })

  test('batuta replay reads those alone, and takes no filter beside them', async () => {
    const ids = file('one', `${id}\n`)
    const one = await service.command('replay', machine(), '--from', service.url, '--ids', ids)
    expect(one).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 history: 1 would go the same way/) })
    const both = await service.command('replay', machine(), '--from', service.url, '--ids', ids, '--state', 'asked')
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('found --ids and filters') })
  })
})

const DESK = {
  id: 'desk',
  type: 'rest',
  configurations: { protocol: 'http', endpoint: 'desk', port: 80, method: 'POST', path: '/commands' },
}
