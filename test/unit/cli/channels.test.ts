import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCommandStage, runCommand } from './service.ts'
import type { CommandStage } from './service.ts'

let service: CommandStage

beforeAll(async () => {
  service = await openCommandStage()
})
afterAll(() => service.close())

const channels = (...args: readonly string[]) => service.command('channels', ...args)

describe('batuta channels', () => {
  test('P25 list prints a table, or JSON, and says that pauses are not kept', async () => {
    const listed = await channels('list')
    expect(listed.code).toBe(0)
    expect(listed.stdout).toMatch(
      /^CHANNEL +PAUSED +SINCE +BY +REASON +CIRCUIT +WAITING +UNDER WAY\ndesk +no +closed +\d+ +\d+\n$/,
    )
    expect(listed.stderr).toMatch(/^the store keeps no pauses/)
    const json = await channels('list', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ items: [{ id: 'desk', isPaused: false }], kept: false })
  })

  test('P25 pause and resume name operator and reason; a dry run changes nothing', async () => {
    const dry = await channels('pause', 'desk', '--reason', 'x', '--dry-run', '--json')
    expect(JSON.parse(dry.stdout)).toMatchObject({ id: 'desk', isPaused: false, dryRun: true, outcome: 'paused' })
    const asked = await channels('pause', 'desk', '--reason', 'x')
    expect(asked).toMatchObject({ code: 2, stdout: '' })
    expect(asked.stderr).toMatch(/the channel would be paused\npause a channel: there is no terminal to ask/)
    expect(JSON.parse((await channels('list', '--json')).stdout)).toMatchObject({ items: [{ isPaused: false }] })
    const paused = await channels('pause', 'desk', '--reason', 'die Bank ruht', '--yes')
    expect(paused.code).toBe(0)
    expect(paused.stdout).toMatch(/\ndesk +yes +2\S+Z +zoe +die Bank ruht +closed/)
    const again = await channels('pause', 'desk', '--reason', 'x', '--dry-run')
    expect(again.stdout).toMatch(/the channel would be unchanged\n$/)
    const resumed = await channels('resume', 'desk', '--reason', 'done', '--yes', '--json', '--operator', 'Zoë')
    expect(JSON.parse(resumed.stdout)).toMatchObject({ id: 'desk', isPaused: false, kept: false })
  })

  test('bad input: an unknown channel, a missing reason, a wrong token and a service that is away', async () => {
    for (const more of [['--yes'], ['--dry-run'], []]) {
      const unknown = await channels('pause', 'dsek', '--reason', 'x', ...more)
      expect(unknown).toMatchObject({ code: 1, stdout: '' })
      expect(unknown.stderr).toMatch(/^pause a channel: there is no channel "dsek"; saga.json has "desk"/)
    }
    const bare = await channels('pause', 'desk', '--yes')
    expect(bare).toMatchObject({ stdout: '', stderr: expect.stringMatching(/flag --reason/) as string })
    const refused = await channels('list', '--token', 'wrong')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^list channels: this route wants the API token/)
    const away = await runCommand(['channels', 'list', '--url', 'http://127.0.0.1:9'], {})
    expect([away.code === 0, away.stdout]).toEqual([false, ''])
    expect(away.stderr).toMatch(/ask the service at http:\/\/127\.0\.0\.1:9/)
  })
})
