import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCommandStage } from './service.ts'
import type { CommandStage } from './service.ts'

let service: CommandStage

beforeAll(async () => {
  service = await openCommandStage()
  for (let made = 0; made < 12; made++) await service.create()
})
afterAll(() => service.close())

const operations = (...args: readonly string[]) => service.command('operations', ...args)
const HOLD = ['begin', '--action', 'hold', '--no-final', '--reason', 'an incident']

describe('batuta operations', () => {
  test('P25 a dry run counts and shows; without a terminal the command wants --yes; nothing is begun', async () => {
    const dry = await operations(...HOLD, '--dry-run')
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    expect(dry.stdout).toMatch(/^SAGA +OUTCOME +STATE +WHY\n[^]*12 sagas match\n$/)
    const asked = await operations(...HOLD)
    expect(asked).toMatchObject({ code: 2, stdout: '' })
    expect(asked.stderr).toMatch(/12 sagas match\nbegin an operation: there is no terminal/)
    expect(await operations('list')).toMatchObject({ code: 0, stdout: 'no operations\n' })
  })

  test('P25 begin, list, show and cancel, as tables and as JSON', async () => {
    const begun = await operations(...HOLD, '--rate', '5', '--yes', '--json', '--key', 'one')
    const { id } = JSON.parse(begun.stdout) as { id: string }
    expect(JSON.parse(begun.stdout)).toMatchObject({ status: 'running', action: 'hold', operator: 'zoe', rate: 5 })
    const again = await operations(...HOLD, '--rate', '5', '--yes', '--json', '--key', 'one')
    expect(JSON.parse(again.stdout)).toMatchObject({ id })
    await service.app.runtime.advance(1_000)
    const listed = await operations('list')
    expect(listed.stdout).toMatch(
      new RegExp(
        `^OPERATION +ACTION +STATUS +STARTED +BY +COUNTS +REASON\n${id} +hold +running +2\\S+Z +zoe +\\d+ done`,
      ),
    )
    const cancelled = await operations('cancel', id, '--reason', 'a mistake', '--json')
    expect(JSON.parse(cancelled.stdout)).toMatchObject({ id, status: 'cancelled', cancelledBy: 'zoe' })
    await service.app.runtime.advance(5_000)
    const shown = JSON.parse((await operations('show', id, '--json')).stdout) as {
      counts: { done: number }
      items: object[]
    }
    expect([shown.items.length > 0, shown.items.length < 12, shown.counts.done]).toEqual([
      true,
      true,
      shown.items.length,
    ])
    const forPeople = await operations('show', id)
    expect(forPeople.stdout).toMatch(/cancelled[^]*\nSAGA +OUTCOME +STATE +WHY\n\S+ +done +asked/)
  })

  test('P25 show has the results of all pages', async () => {
    const begun = await operations(
      'begin',
      '--action',
      'release',
      '--has',
      'hold',
      '--reason',
      'over',
      '--yes',
      '--json',
    )
    const { id } = JSON.parse(begun.stdout) as { id: string }
    await service.app.runtime.advance(5_000)
    const { status, counts, items } = JSON.parse((await operations('show', id, '--json')).stdout) as {
      status: string
      counts: { done: number }
      items: readonly { outcome: string }[]
    }
    expect([status, items.length, items.every(({ outcome }) => outcome === 'done')]).toEqual([
      'done',
      counts.done,
      true,
    ])
    const late = await operations('cancel', id, '--reason', 'too late')
    expect(late).toMatchObject({ code: 1, stdout: '' })
    expect(late.stderr).toMatch(/^cancel an operation: the operation "\S+" has ended/)
  })

  test('bad input: an unknown operation, a filter without meaning, no reason, a wrong token', async () => {
    for (const args of [['show'], ['cancel', '--reason', 'x']]) {
      const [command = '', ...rest] = args
      const unknown = await operations(command, 'nothing', ...rest)
      expect(unknown).toMatchObject({ code: 1, stdout: '' })
      expect(unknown.stderr).toMatch(/there is no operation "nothing"/)
    }
    const state = await operations('begin', '--action', 'hold', '--state', 'aske', '--reason', 'x', '--yes')
    expect(state).toMatchObject({ code: 1, stdout: '' })
    expect(state.stderr).toMatch(/the nearest is "asked"/)
    const reason = await operations('begin', '--action', 'hold', '--state', 'asked', '--yes')
    expect([reason.code === 0, reason.stdout, reason.stderr]).toEqual([false, '', expect.stringMatching(/reason/)])
    const token = await operations('list', '--token', 'wrong')
    expect(token).toMatchObject({ code: 1, stdout: '' })
  })
})
