import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatSaga } from '../../../cli/commands/sagas/format-saga.ts'
import { table } from '../../../cli/service/table.ts'
import { batuta, NODES } from './run.ts'
import type { Ended } from './run.ts'
import { openCommandStage } from './service.ts'
import type { CommandStage } from './service.ts'

const [, node = 'node'] = NODES.at(-1) ?? []
let service: CommandStage

beforeAll(async () => {
  service = await openCommandStage()
})
afterAll(() => service.close())

const command = (...args: readonly string[]): Promise<Ended> => service.command(...args)
const sagas = (...args: readonly string[]): Promise<Ended> => service.command('sagas', ...args)
const create = (): Promise<string> => service.create()
const read: CommandStage['read'] = (id) => service.read(id)

describe('batuta sagas', () => {
  test('P25 list and show print a table for people, and JSON', async () => {
    const id = await create()
    const listed = await sagas('list', '--has', 'owed')
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(listed.stdout.split('\n')[0]).toMatch(/^SAGA +STATE +SINCE +ENTITY +CREATED +MARKS$/)
    // No control character reaches the terminal.
    expect(listed.stdout).toMatch(/ asked +2\S+Z +order +\[31m7 +2\S+Z +owed: 1\n/)
    const json = JSON.parse((await sagas('list', '--json', '--limit', '1')).stdout) as { items: { sagaId: string }[] }
    expect(json.items).toMatchObject([{ sagaId: id }])
    const shown = await sagas('show', id)
    expect(shown.stdout).toMatch(
      /^saga .*\nstate asked since [^]*owed\nCOMMAND +CHANNEL[^]*answer +desk[^]*history\nTIME/,
    )
    expect(await read(id)).toMatchObject({ sagaId: id, metadata: { n: 1 } })
  })

  test('P25 an action asks first: without a terminal it wants --yes, and a dry run changes nothing', async () => {
    const id = await create()
    const asked = await sagas('hold', id, '--reason', 'bank is down')
    expect(asked).toMatchObject({ code: 2, stdout: '' })
    expect(asked.stderr).toMatch(/would be done[^]*expected --yes or --dry-run/)
    const dry = await sagas('hold', id, '--reason', 'bank is down', '--dry-run', '--json')
    expect(JSON.parse(dry.stdout)).toMatchObject([{ outcome: 'done', dryRun: true }])
    expect(await read(id)).not.toHaveProperty('hold')
  })

  test('P25 actions are recorded with operator and reason; one key is carried out once', async () => {
    const id = await create()
    const held = await sagas('hold', id, '--reason', 'die Bank ist überlastet', '--yes', '--key', 'k')
    expect(held).toMatchObject({ code: 0, stderr: '' })
    expect(held.stdout).toMatch(new RegExp(`^ID +OUTCOME +STATE +DETAILS\n${id} +done +asked`))
    const again = await sagas('hold', id, '--reason', 'x', '--yes', '--key', 'k', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject([{ outcome: 'repeated' }])
    await sagas('release', id, '--reason', 'mended', '--yes', '--operator', 'Zoë')
    await sagas('move', id, '--state', 'asked', '--no-command', '--reason', 'again', '--yes')
    await sagas('cancel', id, '--state', 'done', '--reason', 'over', '--yes')
    const { history, currentState } = await read(id)
    expect(currentState).toBe('done')
    expect(history.operations).toMatchObject([
      { action: 'hold', operator: 'zoe', reason: 'die Bank ist überlastet', id: 'key/k' },
      { action: 'release', operator: 'Zoë' },
      { action: 'move' },
      { action: 'cancel' },
    ])
  })

  test('P25 of several sagas each has its own result, and one that fails makes the code 1', async () => {
    const id = await create()
    const { code, stdout } = await sagas('redeliver', id, 'nobody', '--reason', 'mended', '--yes')
    expect(code).toBe(1)
    expect(stdout).toMatch(/done +asked +sent .*\nnobody +failed +there is no saga "nobody"/)
  })

  test('bad input: a missing reason, state or choice is the usage, code 2; a refusal names its reason, code 1', async () => {
    const id = await create()
    const missing = await batuta(node, ['sagas', 'hold', id, '--yes'])
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toMatch(/reason[^]*USAGE\n +batuta sagas hold/)
    const choice = await sagas('move', id, '--state', 'done', '--reason', 'x', '--yes')
    expect(choice).toMatchObject({ code: 2, stderr: 'move: expected --command or --no-command\n' })
    const unknown = await sagas('move', id, '--state', 'dune', '--no-command', '--reason', 'x', '--yes')
    expect(unknown.code).toBe(1)
    expect(unknown.stdout).toContain('the nearest is "done"')
    const refused = await sagas('list', '--token', 'wrong')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^list sagas: this route wants the API token/)
    const away = await batuta(node, ['sagas', 'show', id, '--url', 'http://127.0.0.1:9'])
    expect(away).toMatchObject({ code: 1, stdout: '' })
    expect(away.stderr).toMatch(/ask the service at http:\/\/127\.0\.0\.1:9: /)
    expect((await sagas('show', id, '--url', 'ftp://x')).stderr).toContain('found "ftp://x", expected http://host:port')
  })
})

describe('batuta sagas without a service', () => {
  test('P25 each saga has a result, although the service does not answer', async () => {
    const args = ['hold', 'a', 'b', '--reason', 'why', '--yes', '--url', 'http://127.0.0.1:1', '--json']
    const { code, stdout } = await sagas(...args)
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      ['a', 'b'].map((sagaId) => ({
        sagaId,
        outcome: 'failed',
        statusCode: 0,
        message: expect.stringMatching(/^ask the service at/),
      })),
    ])
  })
})

describe('batuta operations', () => {
  const body = (more: object = {}) =>
    JSON.stringify({ action: 'hold', filter: { has: 'hold' }, reason: 'why', ...more })

  test('P25 a dry run, by flag or in the body, begins nothing', async () => {
    for (const args of [
      ['--body', body(), '--dry-run', '--yes'],
      ['--body', body({ dryRun: true }), '--yes'],
    ]) {
      expect(await command('operations', 'begin', ...args)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/sagas match\n$/) as string,
      })
    }
    expect((await command('operations', 'list')).stdout).toBe('no operations\n')
  })

  test('P25 an operation is begun, shown and listed', async () => {
    const begun = await command('operations', 'begin', '--body', body(), '--yes', '--json')
    const { id } = JSON.parse(begun.stdout) as { id: string }
    await service.app.runtime.settle()
    expect((await command('operations', 'show', id)).stdout).toContain(`${id}  hold    done`)
    expect((await command('operations', 'list')).stdout).toContain(id)
    expect(await command('operations', 'cancel', id, '--reason', 'why')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/has ended/) as string,
    })
  })
})

describe('formats for people', () => {
  test('a table has columns as wide as their cells, and no control characters', () => {
    expect(
      table(
        ['A', 'B'],
        [
          ['long one', 'x\u0007\n\u009by'],
          [undefined, 'z'],
        ],
      ),
    ).toBe('A         B\nlong one  x y\n          z\n')
    expect(table(['A'], [])).toBe('')
  })

  test('a saga shows what it waits for, what was given up with its words, and the actions of operators', () => {
    const at = '2026-01-01T00:00:00.000Z'
    const details = { from: 'a', to: 'b', stillOwed: ['s/0/0', 's/0/1'] }
    const operation = { id: 'o', action: 'move', at, operator: 'zoe', reason: 'mended', details } as const
    const text = formatSaga({
      sagaId: 's',
      associatedEntityId: '',
      currentState: 'b',
      latestEvent: '__moved__',
      isFinal: false,
      metadata: {},
      history: {
        states: [{ state: 'b', timestamp: at }],
        events: [{ event: '__moved__', timestamp: at, id: 'o', machine: 'h', operation: 'o' }],
        operations: [operation],
      },
      waitingFor: ['paid', 'refused'],
      hold: { since: at },
      timer: { step: 0, deadline: at, resends: 2, event: 'late' },
      deadLetters: [
        { kind: 'event', id: 'e', label: 'paid', payload: {}, why: 'expired', since: at, attempts: 0 },
        {
          kind: 'command',
          id: 's/0/0',
          label: 'pay',
          channel: 'bank',
          payload: {},
          why: 'status 500',
          since: at,
          attempts: 4,
          last: { at, status: 500, answer: 'the till is jammed' },
        },
      ],
      delivered: [{ id: 's/1/0', label: 'ship', channel: 'depot', since: at, at, sends: 2 }],
      parked: [{ event: { id: 'p', sagaId: 's', label: 'early', payload: {} }, since: at, expires: at }],
    })
    expect(text).toContain(`held since ${at}\ntimer at ${at}: 2 more sends, then event late\n`)
    expect(text).toMatch(/dead letters\n.*\npaid +\(event\) +e/)
    expect(text).toMatch(/parked\n.*\nearly +p/)
    expect(text).toMatch(/__moved__ +b +zoe: mended/)
    expect(text).toContain('\nwaits for paid, refused\n')
    expect(text).toMatch(/pay +bank .*status 500: the till is jammed\n/)
    expect(text).toMatch(/delivered\n.*\nship +depot +s\/1\/0 .* 2\n/)
    expect(text).toMatch(/operations\n.*\n.* move +zoe +mended +from a; to b; stillOwed s\/0\/0, s\/0\/1\n$/)
  })

  test('a saga that waits for another saga.json says so, and the cause of a silent send is not cut off', () => {
    const at = '2026-01-01T00:00:00.000Z'
    const answer = 'POST http://payments.internal.example.test:8080/commands/charge: no answer within 2000 ms'
    const debt = { id: 's/0/0', label: 'pay', channel: 'bank', attempts: 0, since: at, due: at }
    const text = formatSaga({
      sagaId: 's',
      associatedEntityId: '',
      currentState: 'b',
      isUnknownState: true,
      latestEvent: 'x',
      isFinal: false,
      metadata: {},
      history: { states: [], events: [] },
      owed: [{ ...debt, isUnknownChannel: true, last: { at, answer } }],
    })
    const held = { hold: { since: at }, owed: [debt], history: { states: [], events: [] }, metadata: {} }
    const base = { sagaId: 's', associatedEntityId: '', currentState: 'b', latestEvent: 'x', isFinal: false }
    expect(formatSaga({ ...base, ...held })).toContain('after the release\n')
    expect(text).toContain('state b, which saga.json lacks: the saga waits for one that has it\n')
    expect(text).toContain(`${answer}  once saga.json has the channel\n`)
  })
})
