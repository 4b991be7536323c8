import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeployPlan } from '../../../cli/commands/plan/deploy-plan.ts'
import { MACHINE } from '../http/test-app.ts'
import { orderText, rename, stateOf } from './plan/order.ts'
import { openCommandStage, runCommand } from './service.ts'
import type { CommandStage } from './service.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-plan-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const ORDER = file('order.json', orderText())
const RENAMED = file('renamed.json', orderText(rename('paymentPending', 'awaitingPayment')))

describe('batuta plan', () => {
  test('P11 names the states that need care, and the setting that saves them; code 1', async () => {
    const { code, stdout, stderr } = await runCommand(['plan', ORDER, RENAMED], {})
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^CHANGE +OF +BEFORE +AFTER\n/)
    expect(stdout).toMatch(/\ntransition-retargeted +orderPlaced \/ stockReserved +paymentPending +awaitingPayment\n/)
    expect(stdout).toMatch(/\nstate-removed +paymentPending\n/)
    expect(stdout).toContain(
      '\nsagas that would need care\n  sagas in "paymentPending", a state that the new file lacks: ',
    )
    const [, snippet = ''] = /save their sagas\n(\{[^]*?\n\})\n/.exec(stdout) ?? []
    expect(JSON.parse(snippet)).toEqual({ settings: { movedStates: { paymentPending: 'awaitingPayment' } } })
    expect(stdout).toMatch(/\n1 change would strand sagas, if any are there\n$/)
  })

  test('P11 with the snippet in place nothing is stranded, code 0; JSON has the same', async () => {
    const moved = file(
      'moved.json',
      orderText((edited) => {
        rename('paymentPending', 'awaitingPayment')(edited)
        edited.settings = { movedStates: { paymentPending: 'awaitingPayment' } }
      }),
    )
    const { code, stdout } = await runCommand(['plan', ORDER, moved], {})
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /\nalso\n  sagas in "paymentPending" get the new name "awaitingPayment" with their next event\n/,
    )
    expect(stdout).toMatch(/\nno saga can be stranded\n$/)
    const json = await runCommand(['plan', ORDER, moved, '--json'], {})
    expect(JSON.parse(json.stdout)).toMatchObject({ version: 1, old: ORDER, new: moved, isSafe: true })
    expect((await runCommand(['plan', ORDER, ORDER], {})).stdout).toBe('no changes\n\nno saga can be stranded\n')
  })

  test('a doubtful name is not proposed: the candidates are', async () => {
    const doubtful = file(
      'doubtful.json',
      orderText((edited) => {
        rename('paymentPending', 'awaiting')(edited)
        stateOf(edited, 'awaiting').outgoingTransitions?.splice(2, 1) // paymentDelayed
      }),
    )
    const { stdout } = await runCommand(['plan', ORDER, doubtful], {})
    expect(stdout).toContain(
      'new names that only you know, for settings.movedStates\n  "paymentPending": perhaps "awaiting"\n',
    )
    expect(stdout).not.toContain('{\n')
  })

  test('C1.2 a file with problems, or none, and a service that is away: the reason on stderr, code 2', async () => {
    const broken = file('broken.json', '{"machineDefinition":{"initialState":"a","states":[{"id":"b","isFinal":1}]}}')
    for (const args of [
      [ORDER, broken],
      [broken, ORDER],
    ]) {
      const { code, stdout, stderr } = await runCommand(['plan', ...args], {})
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/broken\.json:1:\d+: error: .*\[state\.unknown\]/)
    }
    const missing = await runCommand(['plan', ORDER, join(folder, 'nowhere.json')], {})
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/^read ".*nowhere\.json": ENOENT/) })
    const away = await runCommand(['plan', ORDER, RENAMED, '--url', 'http://127.0.0.1:9'], {})
    expect(away).toMatchObject({ code: 2, stdout: '' })
    expect(away.stderr).toMatch(/^plan a deploy: ask the service at http:\/\/127\.0\.0\.1:9/)
  })

  test('names of a file do not reach the terminal as they are, and the snippet keeps them', async () => {
    const [evil, worse] = ['pay\u001b[31m\n', 'pay\u009b31m\u2028']
    const old = file('evil.json', orderText(rename('paymentPending', evil)))
    const { stdout } = await runCommand(
      ['plan', old, file('worse.json', orderText(rename('paymentPending', worse)))],
      {},
    )
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]/)
    const [, snippet = ''] = /save their sagas\n(\{[^]*?\n\})\n/.exec(stdout) ?? []
    expect(JSON.parse(snippet)).toEqual({ settings: { movedStates: { [evil]: worse } } })
  })
})

const DESK = {
  id: 'desk',
  type: 'rest',
  configurations: { protocol: 'http', endpoint: 'desk', port: 80, method: 'POST', path: '/commands' },
}

describe('batuta plan beside a service', () => {
  let service: CommandStage
  let [created, other] = ['', '']
  beforeAll(async () => {
    service = await openCommandStage()
    created = await service.create()
    other = await service.create()
    await service.command('sagas', 'hold', created, '--reason', 'x', '--yes')
    await service.command('sagas', 'cancel', await service.create(), '--state', 'done', '--reason', 'x', '--yes')
    const body = JSON.stringify({ key: created, value: { messageLabel: 'answered', messagePayload: {} } })
    const headers = { 'content-type': 'application/json', authorization: 'Bearer the-token' }
    const parked = await service.app.hono.fetch(
      new Request('http://batuta/flow/event', { method: 'POST', headers, body }),
    )
    expect(await parked.json()).toMatchObject({ outcome: 'parked' })
  })
  afterAll(() => service.close())

  const machine = (edit: (text: string) => string = (text) => text): string =>
    JSON.stringify({
      machineDefinition: JSON.parse(edit(JSON.stringify(MACHINE))) as object,
      communicationProtocols: [DESK],
    })
  const plan = async (changed: string, old = machine()) => {
    const paths = [file('old.json', old), file('new.json', changed)]
    const { code, stdout, stderr } = await service.command('plan', ...paths, '--url', service.url, '--json')
    expect(stderr).toBe('')
    return { code, plan: JSON.parse(stdout) as DeployPlan }
  }

  test('P11 counts the open sagas that would be stranded', async () => {
    const { code, plan: found } = await plan(machine((text) => text.replaceAll('"asked"', '"questioned"')))
    expect(code).toBe(1)
    expect(found.service).toEqual({ url: service.url, hasOldMachine: true, open: 2, isComplete: true })
    expect(found.effects).toMatchObject([{ kind: 'gone', state: 'asked', sagas: 2, needsCare: true }])
    expect(found.effects[0]?.ids?.toSorted()).toEqual([created, other].toSorted())
    expect(found.advice.movedStates).toEqual({ asked: 'questioned' })
  })

  test('P10 finds events that are parked and would be lost', async () => {
    const without = machine((text) => text.replace('{"inputEvent":"answered","targetState":"done"},', ''))
    const { code, plan: found } = await plan(without)
    expect(code).toBe(1)
    expect(found.effects).toMatchObject([
      { kind: 'deaf', state: 'asked', events: ['answered'], sagas: 2 },
      { kind: 'parked', state: 'asked', event: 'answered', events: 1, examples: [created] },
    ])
    const text = await service.command('plan', join(folder, 'old.json'), join(folder, 'new.json'), '--url', service.url)
    expect(text.stdout).toMatch(
      /1 parked event "answered" of sagas in "asked", such as ".+": no state that the saga can reach/,
    )
  })

  test('P11 counts the sagas with commands for a channel that goes', async () => {
    const other = machine((text) => text.replace('"channel":"desk"', '"channel":"table"')).replace(
      '"id":"desk"',
      '"id":"table"',
    )
    const { plan: found } = await plan(other)
    expect(found.effects).toMatchObject([
      {
        kind: 'channel',
        channel: 'desk',
        sagas: 3,
        needsCare: true,
        ids: [expect.any(String), expect.any(String), expect.any(String)],
      },
      { kind: 'command', state: 'asked', sagas: 2, needsCare: false },
    ])
  })

  test('says that the service runs another machine, and refuses to guess without a token', async () => {
    const { plan: found } = await plan(machine(), orderText())
    expect(found.service?.hasOldMachine).toBe(false)
    const refused = await runCommand(['plan', ORDER, ORDER, '--url', service.url], {})
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('set API_TOKEN') })
  })
})

describe('batuta plan beside a store without numbers', () => {
  const open = (answer: (url: URL) => readonly [number, object]) =>
    new Promise<{ readonly url: string; close(): void }>((resolve) => {
      const server = createServer((request, response) => {
        const [status, body] = answer(new URL(request.url ?? '', 'http://x'))
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })
      server.listen(0, '127.0.0.1', () => {
        resolve({
          url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          close: () => void server.close(),
        })
      })
    })

  test('a store that cannot list is said, and the states are named without numbers', async () => {
    const service = await open(({ pathname }) =>
      pathname === '/sagas' ? [501, { message: 'the store "rest" cannot list sagas' }] : [200, {}],
    )
    const { code, stdout } = await runCommand(['plan', ORDER, RENAMED, '--url', service.url], {})
    service.close()
    expect(code).toBe(1)
    expect(stdout).toContain(': its sagas are not known: the store "rest" cannot list sagas\n')
    expect(stdout).toContain('\nsagas that would need care\n  sagas in "paymentPending"')
  })

  test('P10 a saga with parked events that cannot be read now is no reason to call the plan safe', async () => {
    const counts = [{ state: 'shipping', total: 1, owed: 0, deadLetters: 0, parked: 1, timers: 0, held: 0 }]
    const service = await open(({ pathname, searchParams }) => {
      if (pathname === '/sagas/s-1') return [429, { message: 'too many requests' }]
      if (searchParams.get('counts') === 'true') return [200, { items: [], counts }]
      return [200, { items: [{ sagaId: 's-1', currentState: 'shipping', marks: { parked: 1 } }] }]
    })
    const { code, stdout, stderr } = await runCommand(['plan', ORDER, ORDER, '--url', service.url], {})
    service.close()
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: 'plan a deploy: too many requests (429)\n',
    })
  })

  test('a store that does not count is listed page by page', async () => {
    const items = Array.from({ length: 450 }, (_, n) => ({
      sagaId: `s-${n}`,
      currentState: n % 3 === 0 ? 'paymentPending' : 'shipping',
      marks: { timer: 'x' },
    }))
    const asked: string[] = []
    const service = await open(({ pathname, searchParams }) => {
      if (pathname !== '/sagas') return [200, {}]
      if (searchParams.get('counts') === 'true') return [200, { items: [], uncounted: 'there are too many' }]
      asked.push(searchParams.get('cursor') ?? '')
      const from = Number(searchParams.get('cursor') ?? 0)
      const page = items.slice(from, from + Number(searchParams.get('limit')))
      const next = from + page.length
      return [200, { items: page, ...(next < items.length && { next: String(next) }) }]
    })
    const { stdout } = await runCommand(['plan', ORDER, RENAMED, '--url', service.url], {})
    service.close()
    expect(asked).toEqual(['', '200', '400', '']) // all of them, then the ids of those that need care
    expect(stdout).toContain(': 450 open sagas\n')
    expect(stdout).toContain('  150 sagas in "paymentPending", a state that the new file lacks')
  })
})
