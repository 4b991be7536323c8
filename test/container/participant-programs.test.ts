import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { call, eventually } from '../services/client.ts'
import { freePorts } from '../../testing/broker/ports.ts'
import { ROOT } from './files.ts'

const FOLDER = join(ROOT, 'examples/participants')
const SAGA = readFileSync(join(ROOT, 'examples/compose-rest/saga.json'), 'utf8')
const DENO = ['run', '--cached-only', '--allow-net', '--allow-env', '--allow-read', '--allow-write']

interface Program {
  readonly file: string
  readonly command: string
  readonly options: readonly string[]
}

const PROGRAMS: readonly Program[] = [
  { file: 'node.ts', command: process.execPath, options: [] },
  { file: 'deno.mjs', command: join(ROOT, 'node_modules/.bin/deno'), options: DENO },
  { file: 'python.py', command: 'python3', options: [] },
]

/** Most milliseconds until two processes have started beside each other; a busy machine has taken half of them. */
const START = 40_000

const isThere = ({ command }: Program) => spawnSync(command, ['--version']).status === 0

describe('the participants of docs/PARTICIPANTS.md', () => {
  test.each(PROGRAMS)('docs/PARTICIPANTS.md shows $file as it is', ({ file }) => {
    const page = readFileSync(join(ROOT, 'docs/PARTICIPANTS.md'), 'utf8')
    expect(page).toContain(`\n${readFileSync(join(FOLDER, file), 'utf8')}\`\`\`\n`)
  })

  for (const program of PROGRAMS) {
    test.skipIf(!isThere(program))(
      `I2 I7 ${program.file} ends sagas, and a command that comes twice acts once`,
      { timeout: 2 * START },
      async () => {
        const scene = await start(program)
        for (const [guests, state] of Object.entries({ 2: 'reservationConfirmed', 10: 'reservationFailed' }))
          expect(await scene.ended(Number(guests))).toBe(state)

        const acts = scene.acts()
        expect(acts).toHaveLength(4)
        for (const { key } of acts) expect(await scene.again(key)).toBe(204)
        expect(scene.acts()).toEqual(acts)

        expect(await scene.again('unknown/0/0', 'noSuchCommand')).toBe(404)
        await scene.killBatuta()
        expect(await scene.again('late/0/0')).toBe(503)
        expect(scene.acts()).toHaveLength(5)
      },
    )
  }
})

/** Batuta with a participant's program, both as processes on loopback. */
async function start({ file, command, options }: Program) {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-participant-'))
  const [port, participant] = await freePorts(2)
  const [batuta, seats] = [`http://127.0.0.1:${port}`, join(folder, 'seats.sqlite')]
  const text = SAGA.replace('"participant",\n        "port": 3001', `"127.0.0.1",\n        "port": ${participant}`)
  const service = processOf(process.execPath, [join(ROOT, 'workers/node.ts')], {
    CONFIGURATION: text,
    DATA_PATH: folder,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(port),
  })
  const program = processOf(command, [...options, join(FOLDER, file)], {
    PORT: String(participant),
    BATUTA_URL: batuta,
    FILE: seats,
  })
  onTestFinished(async () => {
    await Promise.all([service, program].map(killed))
    rmSync(folder, { recursive: true })
  })
  const send = (key: string, label: string) =>
    call(`http://127.0.0.1:${participant}`, {
      headers: { 'idempotency-key': key },
      body: { key: key.split('/')[0], value: { messageLabel: label, messagePayload: { guests: 2 } } },
    })
  await Promise.all([
    answered(service, () => call(`${batuta}/-/ready`), 200),
    answered(program, () => send('none/0/0', 'noSuchCommand'), 404),
  ])
  return {
    async ended(guests: number): Promise<string> {
      const body = { associatedEntityId: 'table-4', metadata: { guests } }
      const { sagaId } = (await call(`${batuta}/saga`, { body })).json as { readonly sagaId: string }
      return eventually(async () => {
        const { json } = await call(`${batuta}/sagas/${sagaId}`)
        const { isFinal, currentState } = json as { readonly isFinal: boolean; readonly currentState: string }
        return isFinal ? currentState : undefined
      })
    },
    again: async (key: string, label = 'validateReservation') => (await send(key, label)).status,
    acts(): readonly { readonly key: string }[] {
      const db = new DatabaseSync(seats, { readOnly: true })
      const rows = db.prepare('SELECT key, event FROM acts ORDER BY key').all()
      db.close()
      return rows as unknown as readonly { readonly key: string }[]
    },
    killBatuta: () => killed(service),
  }
}

/** The process with these variables, and those by which programs of the machine are found. */
function processOf(command: string, options: readonly string[], variables: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = '', PYENV_ROOT = '' } = process.env
  return spawn(command, options, { env: { PATH, HOME, PYENV_ROOT, ...variables }, stdio: 'ignore' })
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Waits until a process answers with this status. Throws where it has ended. */
function answered(child: ChildProcess, ask: () => Promise<{ readonly status: number }>, wanted: number): Promise<true> {
  return eventually(async () => {
    if (child.exitCode !== null)
      throw new Error(`start "${child.spawnargs.join(' ')}": it ended with ${child.exitCode}`)
    const answer = await ask().catch(() => undefined)
    return answer?.status === wanted || undefined
  }, START)
}
