import { serve } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCommandStage, runCommand } from './service.ts'
import type { CommandStage } from './service.ts'

let service: CommandStage
beforeAll(async () => void (service = await openCommandStage()))
afterAll(() => service.close())

describe('batuta sagas watch', () => {
  test('C7 a line for each step and for what the saga waits for, to the end', async () => {
    const id = await service.create()
    await service.command('sagas', 'hold', id, '--reason', 'a \u001b[31mlook', '--yes')
    await service.command('sagas', 'cancel', id, '--state', 'done', '--reason', 'enough', '--yes')
    const { code, stdout, stderr } = await service.command('sagas', 'watch', id)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^2\S+Z {2}0 {2}\S+ → asked$/),
      expect.stringMatching(/^2\S+Z {2}1 {2}__cancelled__ → done by \S+$/),
      expect.stringMatching(/^ {2}deadLetters: 1, cancel by zoe: enough$/),
      'the end',
      '',
    ])
    const json = await service.command('sagas', 'watch', id, '--json')
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { event: string }).event),
    ).toEqual(['step', 'step', 'saga', 'end'])
  })

  test('C7 no such saga, a wrong token, no service: exit code 1 with the reason', async () => {
    expect(await service.command('sagas', 'watch', 'none')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is no saga "none"/),
    })
    const wrong = await service.command('sagas', 'watch', 'none', '--token', 'wrong')
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/set API_TOKEN/) })
    const nowhere = await service.command('sagas', 'watch', 'none', '--url', 'http://127.0.0.1:9')
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringMatching(/ask the service/) })
  })

  test('C7 a stream that breaks off is opened again after the newest step', { timeout: 15_000 }, async () => {
    const asked: (string | null)[] = []
    const frame = (id: number) =>
      `id: ${id}\nevent: step\ndata: ${JSON.stringify({ step: id, event: 'e', state: 's', at: 'now' })}\n\n`
    const answers = [frame(0) + frame(1) + frame(2).slice(0, 9), `${frame(2)}event: end\ndata: {}\n\n`]
    const fetch = (request: Request): Response => {
      asked.push(request.headers.get('last-event-id'))
      return new Response(answers.shift() ?? '', { headers: { 'content-type': 'text/event-stream' } })
    }
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1' })
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { code, stdout, stderr } = await runCommand(['sagas', 'watch', 's1'], { BATUTA_URL: url })
    server.close()
    expect(asked).toEqual([null, '1'])
    expect([code, stdout.split('\n').map((line) => line.slice(0, 8).trim())]).toEqual([
      0,
      ['now  0', 'now  1', 'now  2', 'the end', ''],
    ])
    expect(stderr).toMatch(/broke off/)
  })
})
