import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReplayReport } from '../../cli/commands/replay/replay-tally.ts'
import { call, eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import type { SagaFile } from '../services/reservation.ts'
import { Worker } from '../services/worker.ts'
import { batuta } from '../unit/cli/run.ts'
import { runCommand } from '../unit/cli/service.ts'

const [TOKEN, ENDED, WAITING] = ['the-api-token', 6, 3]
const folder = mkdtempSync(join(tmpdir(), 'batuta-changed-'))

let participant: Participant
let worker: Worker

/** The reservation with edits, as a file. */
function changed(
  name: string,
  edit: (text: string) => string,
  more: (file: SagaFile) => void = () => undefined,
): string {
  const path = join(folder, name)
  writeFileSync(path, edit(JSON.stringify(reservation(participant.port, more))))
  return path
}

const renamed = (text: string) => text.replaceAll('"reservationValidated"', '"reservationChecked"')

async function create(): Promise<string> {
  const headers = { authorization: `Bearer ${TOKEN}` }
  const { json } = await call(`${worker.url}/saga`, { body: { associatedEntityId: 'table', metadata: {} }, headers })
  return (json as { sagaId: string }).sagaId
}

async function openIn(state: string): Promise<number> {
  const headers = { authorization: `Bearer ${TOKEN}` }
  const { json } = await call(`${worker.url}/sagas?counts=true&limit=1`, { headers })
  const { counts } = json as { counts: readonly { state: string; total: number }[] }
  return counts.find((one) => one.state === state)?.total ?? 0
}

const environment = () => ({ API_TOKEN: TOKEN, DATA_PATH: join(worker.folder, 'data') })
const run = (...args: readonly string[]) => runCommand(args, environment())

async function replayed(
  path: string,
  from: string,
  ...flags: string[]
): Promise<{ code: number; report: ReplayReport }> {
  const { code, stdout, stderr } = await run('replay', path, '--from', from, '--json', ...flags)
  expect(stderr).toBe('')
  return { code, report: JSON.parse(stdout) as ReplayReport }
}

beforeAll(async () => {
  let checks = 0
  participant = await startParticipant(({ label }) => {
    if (label === 'validateReservation') return { emit: 'validationOK' }
    return ++checks <= ENDED ? { emit: checks % 2 === 0 ? 'checkOK' : 'checkKO' } : {}
  })
  const configuration = JSON.stringify(reservation(participant.port))
  worker = await Worker.start({ script: 'start', configuration, environment: { API_TOKEN: TOKEN } })
  participant.reports(worker.url, { authorization: `Bearer ${TOKEN}` })
  for (let n = 0; n < ENDED + WAITING; n++) await create()
  await eventually(async () => ((await openIn('reservationValidated')) === WAITING ? true : undefined))
  await eventually(async () => {
    const ended = (await openIn('reservationConfirmed')) + (await openIn('reservationFailed'))
    return ended === ENDED ? true : undefined
  })
})
afterAll(async () => {
  await worker.stop()
  await participant.close()
  rmSync(folder, { recursive: true })
})

describe('a changed saga.json beside a running service', () => {
  test(
    'P11 plan counts the sagas that would be stranded, and the snippet saves them',
    { timeout: 60_000 },
    async () => {
      const old = changed('old.json', (text) => text)
      const args = ['plan', old, changed('new.json', renamed), '--url', worker.url]
      const { code, stdout, stderr } = await batuta(process.execPath, args, environment())
      expect(code, stderr).toBe(1)
      expect(stdout).toContain(`  ${WAITING} sagas in "reservationValidated", a state that the new file lacks: `)
      const [, snippet = '{}'] = /save their sagas\n(\{[^]*?\n\})\n/.exec(stdout) ?? []
      const settings = JSON.parse(snippet) as object
      const saved = changed('saved.json', (text) =>
        JSON.stringify({ ...(JSON.parse(renamed(text)) as object), ...settings }),
      )
      const again = await run('plan', old, saved, '--url', worker.url)
      expect(again.code, again.stdout).toBe(0)
      expect(again.stdout).toContain(`${WAITING} sagas in "reservationValidated" get the new name "reservationChecked"`)
      expect((await replayed(saved, worker.url)).report).toMatchObject({
        sagas: ENDED + WAITING,
        same: ENDED + WAITING,
      })
    },
  )

  test(
    'replay finds the same over HTTP, in the file of the store beside the service, and by a saga.json',
    { timeout: 60_000 },
    async () => {
      const path = changed('without.json', (text) =>
        text.replace(
          '{"inputEvent":"checkKO","targetState":"reservationFailed","businessEventId":1}',
          '{"inputEvent":"checkBad","targetState":"reservationFailed"}',
        ),
      )
      const over = await replayed(path, worker.url)
      expect(over.code).toBe(1)
      expect(over.report).toMatchObject({
        sagas: ENDED + WAITING,
        same: ENDED / 2 + WAITING,
        differences: [
          {
            kind: 'unexpected',
            state: 'reservationValidated',
            event: 'checkKO',
            before: 'reservationFailed',
            sagas: ENDED / 2,
          },
        ],
        lostStates: ['reservationFailed'],
        unread: { sagas: 0 },
      })
      const data = join(worker.folder, 'data')
      for (const from of [data, join(data, 'batuta.sqlite'), changed('running.json', (text) => text)]) {
        expect((await replayed(path, from)).report, from).toEqual(over.report)
      }
      const few = await replayed(path, data, '--no-final', '--state', 'reservationValidated')
      expect(few).toMatchObject({ code: 0, report: { sagas: WAITING, same: WAITING } })
      // The service goes on with its store.
      await create()
      await eventually(async () => ((await openIn('reservationValidated')) === WAITING + 1 ? true : undefined))
    },
  )

  test('C1.2 what cannot be read has its reason, code 2; a limit is said', { timeout: 60_000 }, async () => {
    const same = changed('same.json', (text) => text)
    const nowhere = await run('replay', same, '--from', join(folder, 'nowhere'))
    expect(nowhere).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^open ".*nowhere": ENOENT/) })
    const away = await run('replay', same, '--from', 'http://127.0.0.1:9')
    expect(away).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^read histories: ask the service/),
    })
    const refused = await run('replay', same, '--from', worker.url, '--token', 'wrong')
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('set API_TOKEN') })
    const filter = await run('replay', same, '--from', join(worker.folder, 'data'), '--since', 'yesterday')
    expect(filter).toMatchObject({ code: 2, stderr: expect.stringMatching(/since must be an ISO 8601 timestamp/) })
    const broken = await run(
      'replay',
      changed('broken.json', (text) => text.slice(1)),
      '--from',
      worker.url,
    )
    expect(broken).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/broken\.json.*error/) })
    const memory = changed(
      'memory.json',
      (text) => text,
      (file) => void (file.persistencyManagement = { type: 'memory' }),
    )
    const unlisted = await run('replay', same, '--from', memory)
    expect(unlisted).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('found the store "memory", which this command cannot'),
    })
    const limited = await run('replay', same, '--from', worker.url, '--limit', '2')
    expect(limited).toMatchObject({ code: 0, stderr: 'there are more than 2 sagas; --limit takes more\n' })
    expect(limited.stdout).toMatch(/^2 histories: 2 would go the same way, 0 would not\n/)
  })
})
