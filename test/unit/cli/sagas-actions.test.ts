import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCommandStage, runCommand } from './service.ts'
import type { CommandStage } from './service.ts'

let service: CommandStage
beforeAll(async () => {
  service = await openCommandStage()
})
afterAll(() => service.close())

const TOKEN = 'the-token'

describe('P25 each action of the command line', () => {
  /** Arguments after the saga; `by`: commands that come before. */
  interface Row {
    readonly by?: readonly string[]
    readonly args: readonly string[]
    readonly action: string
    readonly after: object
  }

  test.each<Row>([
    { args: ['hold'], action: 'hold', after: { hold: {} } },
    { by: ['hold'], args: ['release'], action: 'release', after: { currentState: 'asked' } },
    { args: ['redeliver', '--channel', 'desk'], action: 'redeliver', after: { owed: [{ label: 'answer' }] } },
    { args: ['resend'], action: 'resend', after: { owed: [{ label: 'answer' }] } },
    { args: ['move', '--state', 'asked', '--command'], action: 'move', after: { owed: [{}, {}] } },
    {
      args: ['event', '--label', 'answered', '--payload', '{"n":2}'],
      action: 'send-event',
      after: { metadata: { n: 2 } },
    },
    { args: ['cancel', '--state', 'done'], action: 'cancel', after: { deadLetters: [{ why: 'cancelled' }] } },
    {
      by: ['cancel', '--state', 'done'],
      args: ['redeliver', '--cancelled'],
      action: 'redeliver',
      after: { owed: [{ label: 'answer' }] },
    },
    {
      args: ['metadata', '--merge', '{"n":null,"m":{"ü":1}}'],
      action: 'patch-metadata',
      after: { metadata: { m: { ü: 1 } } },
    },
  ])('$args: tried, refused without a terminal, done and repeated', async ({ by, args, action, after }) => {
    const id = await service.create()
    const act = ([name = '', ...flags]: readonly string[], ...more: readonly string[]) =>
      service.command('sagas', name, id, ...flags, '--reason', 'why', ...more)
    if (by !== undefined) expect(await act(by, '--yes')).toMatchObject({ code: 0 })
    const before = await service.read(id)
    expect(await act(args, '--dry-run')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/would be done/) as string,
    })
    const asked = await act(args)
    expect(asked).toMatchObject({ code: 2, stdout: '' })
    expect(asked.stderr).toMatch(/there is no terminal to ask, so nothing was changed; expected --yes or --dry-run\n$/)
    expect(await service.read(id)).toEqual(before)
    expect(await act(args, '--yes', '--key', 'k')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^ID.*\n.* done /) as string,
    })
    const saga = await service.read(id)
    expect(saga).toMatchObject(after)
    expect(saga.history.operations?.at(-1)).toMatchObject({ action, id: 'key/k', operator: 'zoe', reason: 'why' })
    const again = await act(args, '--yes', '--key', 'k', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject([{ outcome: 'repeated', sagaId: id }])
  })

  test('P10 P15 parked events and dead letters are dropped by the ids that show prints, each with its own result', async () => {
    const id = await service.create()
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', 'idempotency-key': 'e 1' }
    const body = JSON.stringify({ key: id, value: { messageLabel: 'early', messagePayload: {} } })
    await service.app.hono.fetch(new Request('http://batuta/flow/event', { method: 'POST', headers, body }))
    const args = ['drop-parked', id, 'key/e 1', 'key/e 2', '--reason', 'why', '--yes']
    const dropped = await service.command('sagas', ...args, '--json')
    expect([dropped.code, JSON.parse(dropped.stdout)]).toMatchObject([
      1,
      [
        { outcome: 'done', sagaId: id, id: 'key/e 1' },
        { outcome: 'failed', sagaId: id, id: 'key/e 2', statusCode: 404 },
      ],
    ])
    await service.command('sagas', 'cancel', id, '--state', 'done', '--reason', 'why', '--yes')
    const letter = ['sagas', 'drop-dead-letter', id, `${id}/0/0`, '--label', 'answer', '--reason', 'why', '--yes']
    expect(await service.command(...letter)).toMatchObject({ code: 0, stdout: expect.stringMatching(/done/) as string })
    expect(await service.read(id)).not.toHaveProperty('deadLetters')
  })

  test('P25 actions that would all fail are shown without a question', async () => {
    const id = await service.create()
    const refused = await service.command('sagas', 'release', id, '--reason', 'why')
    expect(refused).toMatchObject({
      code: 1,
      stderr: '',
      stdout: expect.stringMatching(/the saga is not held.* \(409\)/) as string,
    })
  })

  test.each([
    ['USER', { USER: 'zoe', LOGNAME: 'max' }, 'zoe'],
    ['LOGNAME', { LOGNAME: 'max' }, 'max'],
    ['the process', {}, userInfo().username],
  ])('P25 the operator is that of %s', async (_, variables, operator) => {
    const stage = await openCommandStage(variables as Record<string, string>)
    const id = await stage.create()
    await stage.command('sagas', 'hold', id, '--reason', 'why', '--yes')
    expect((await stage.read(id)).history.operations).toMatchObject([{ operator }])
    stage.close()
  })
})

describe('P25 bad input of a command is code 2 and changes nothing', () => {
  test.each([
    [['sagas', 'move', 'x', '--state', 'done'], 'move: expected --command or --no-command'],
    [
      ['operations', 'begin', '--action', 'hold'],
      'expected a filter, such as --has dead-letters, or --all without one',
    ],
    [['operations', 'begin', '--action', 'hold', '--all', '--has', 'owed'], 'or --all without one'],
    [['operations', 'begin', '--has', 'owed'], 'expected --action, or --body'],
    [['operations', 'begin', '--body', '{}', '--all'], 'expected --body, or --action with filters'],
  ])('%j', async (args, message) => {
    const ended = await service.command(...args, '--reason', 'why', '--yes')
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain(message)
  })

  test.each([
    ['a metadata that is no object', ['sagas', 'metadata', 'x', '--merge', '[1]'], 'read --merge: found "[1]"'],
    [
      'a rate of nothing',
      ['operations', 'begin', '--action', 'hold', '--all', '--rate', '0'],
      'read --rate: found "0"',
    ],
    ['an unknown action', ['operations', 'begin', '--action', 'holt'], 'did you mean "hold"'],
  ])('%s', async (_, args, message) => {
    const ended = await service.command(...args, '--reason', 'why', '--yes')
    expect(ended.stderr).toContain(message)
    expect(ended.stdout).toBe('')
  })
})

describe('P25 a bulk operation by flags', () => {
  test('its body is that of POST /operations', async () => {
    const id = await service.create()
    const args = [
      '--action',
      'patch-metadata',
      '--merge',
      '{"big":0.10}',
      '--entity',
      'order \u001b[31m7',
      '--rate',
      '1000',
    ]
    const dry = await service.command('operations', 'begin', ...args, '--reason', 'why', '--dry-run', '--json')
    expect(JSON.parse(dry.stdout)).toMatchObject({
      dryRun: true,
      items: expect.arrayContaining([expect.objectContaining({ sagaId: id, outcome: 'done' })]) as unknown,
    })
    const begun = await service.command('operations', 'begin', ...args, '--reason', 'why', '--yes', '--json')
    expect(JSON.parse(begun.stdout)).toMatchObject({
      action: 'patch-metadata',
      metadata: { big: 0.1 },
      filter: { associatedEntityId: 'order \u001b[31m7' },
      operator: 'zoe',
      rate: 1_000,
    })
  })
})

describe('P25 an answer that is none of Batuta is said, with code 1', () => {
  let server: Server
  let url = ''
  let asked = 0
  beforeAll(async () => {
    const away = (answer: ServerResponse): void => {
      answer.writeHead(503, { 'retry-after': '0.01' }).end('{"message":"the store is away"}')
    }
    server = createServer(({ url: path = '' }, answer) => {
      asked++
      if (path.startsWith('/html')) answer.end('<html>')
      else if (path.startsWith('/null')) answer.end('null')
      else if (path.startsWith('/moved')) answer.writeHead(302, { location: '/' }).end()
      else if (path.startsWith('/half')) answer.writeHead(200, { 'content-length': 9 }).destroy()
      else if (path.startsWith('/away') || asked === 1) away(answer)
      else answer.end('{"items":[]}')
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  test.each([
    ['html', /found the status 200 without JSON, expected Batuta; check --url and its base path\n$/],
    ['null', /found the status 200 without JSON/],
    ['moved', /ask the service at .*redirect/],
    ['half', /ask the service at /],
    ['away', /^(the store is away; sent again in 0\.01 s\n){3}list sagas: the store is away \(503\)\n$/],
  ])('%s', async (path, stderr) => {
    const ended = await runCommand(['sagas', 'list', '--url', `${url}/${path}`], {})
    expect([ended.code, ended.stdout]).toEqual([1, ''])
    expect(ended.stderr).toMatch(stderr)
  })

  test('a 503 is sent again, and said', async () => {
    asked = 0
    const ended = await runCommand(['sagas', 'list', '--url', url], {})
    expect(ended).toEqual({ code: 0, stdout: 'no sagas\n', stderr: 'the store is away; sent again in 0.01 s\n' })
  })

  test('a token that is refused is said with its remedy', async () => {
    const { code, stderr } = await service.command('sagas', 'list', '--token', 'wrong')
    expect([code, stderr]).toMatchObject([1, expect.stringMatching(/\(401\); set API_TOKEN, or give --token\n$/)])
  })
})
