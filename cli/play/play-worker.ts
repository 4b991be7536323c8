import { Hono } from 'hono'
import { resolve } from 'node:path'
import { reasonOf } from '../../src/errors.ts'
import { requireValid } from '../../src/configuration-errors.ts'
import { decodeUtf8 } from '../../src/config/utf8.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { readConfiguration } from '../../src/config/read-configuration.ts'
import type { Configuration } from '../../src/config/examine-configuration.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { nodeWorker } from '../../workers/node-worker.ts'
import type { Listen, Worker } from '../../workers/serve.ts'
import { readFile } from 'node:fs/promises'
import { loopbackOnly } from './loopback-only.ts'
import { PlayParticipants } from './play-participants.ts'
import { PlayClock } from './play-clock.ts'
import { PlayDoor } from './play-door.ts'
import { playHost } from './play-host.ts'
import { PlayTime } from './play-time.ts'
import { playRoutes } from './play-routes.ts'
import type { PlayFile } from './play-schema.ts'
import { PlayTeller } from './play-teller.ts'
import { readPlayFile } from './read-play-file.ts'
import { secretStandIns } from './secret-stand-ins.ts'
import type { SecretStandIns } from './secret-stand-ins.ts'
import { welcome } from './welcome.ts'

/** The command line of `batuta dev`. */
export interface PlayOptions {
  readonly configurationPath: string
  readonly playPath: string | undefined
  readonly isAuto: boolean
  readonly keep: string | undefined
  readonly port: string
  readonly stdout: { write(text: string): void; readonly isTTY?: boolean | undefined }
  readonly hasColour: boolean
}

/** Composes service, participants and clock of a play. Rejects with every problem of saga.json or of the play file. */
export async function playWorker(options: PlayOptions): Promise<Worker> {
  const { configurationPath, playPath, isAuto, keep, port, stdout, hasColour } = options
  const worker = await nodeWorker('the play')
  const text = await readText(configurationPath)
  const secrets = secretStandIns(text)
  const { machine } = await readSaga(text, secrets)
  const play = playPath === undefined ? NO_PLAY : await readPlay(playPath, machine)

  const base = worker.host.runtime('info', 'pino')
  const clock = new PlayClock(base)
  const door = new PlayDoor()
  const finals = new Set(machine.states.flatMap(({ id, isFinal }) => (isFinal ? [id] : [])))
  const tell = new PlayTeller({ write: (line) => stdout.write(line), hasColour, clock, finals })
  const participants = new PlayParticipants({
    machine,
    commands: play.commands,
    isAuto,
    clock,
    after: (wait, run) => base.after(wait, run),
    random: () => base.random(),
    door,
    tell,
  })
  let app: Hono | undefined
  const log = tell.log({
    stepped: (sagaId, step) => participants.passed(sagaId, step),
    listens: (url) => {
      tell.url = url
      if (app === undefined) return
      stdout.write(welcome({ ...options, url, machine, app }))
      door.open(app)
      if (keep !== undefined) void door.resendAll()
    },
  })
  const pushed = (now: number) => tell.note(`the clock is now ${new Date(now).toISOString()}`)
  const time = new PlayTime({ clock, participants, pushed })
  const host = playHost(worker.host, {
    configurationPath,
    port,
    folder: keep === undefined ? undefined : resolve(keep),
    runtime: clock.runtime(log),
    participants,
    secrets,
    time,
  })
  const { basePath } = requireValid(readEnvironment(host.variables))
  const listen: Listen = (service, where) => {
    app = service
    const whole = new Hono()
    whole.use(loopbackOnly)
    const routes = playRoutes({ participants, time })
    for (const base of new Set([basePath, ''])) whole.route(`${base}/play`, routes)
    whole.all('*', (c) => service.fetch(c.req.raw, c.env as object))
    return worker.listen(whole, where)
  }
  return { host, listen }
}

const NO_PLAY: PlayFile = { commands: {} }

function readSaga(text: string, { variable, readFile, stores }: SecretStandIns): Promise<Configuration> {
  return readConfiguration(text, { readFile, variable }, { ownStores: stores }).then(requireValid)
}

async function readPlay(path: string, machine: MachineDefinition): Promise<PlayFile> {
  const read = readPlayFile(await readText(path), machine)
  if (read.ok) return read.value
  throw new Error(`read the play file ${JSON.stringify(path)}:\n${read.problems.map((line) => `  ${line}`).join('\n')}`)
}

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (thrown) {
    throw new Error(`read ${JSON.stringify(path)}: ${reasonOf(thrown)}`, { cause: thrown })
  }
  const decoded = decodeUtf8(bytes)
  if (decoded.ok) return decoded.text
  throw new Error(`read ${JSON.stringify(path)}: found ${decoded.found}, expected ${decoded.expected}`)
}
