import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { freePorts } from '../../../testing/broker/ports.ts'
import { RESTATE, RESTATE_SERVICE } from '../settings.ts'
import { startSdkService } from './sdk-service.ts'
import { startServer } from './server-process.ts'
import type { ServerProcess } from './server-process.ts'
import type { PeerStage, StageOptions } from './stage.ts'

/** Options of `startRestate`. */
export interface RestateOptions extends StageOptions {
  readonly packages: string
  /** Variables of the server beside those of both runs, and options of the service. */
  readonly settings: { readonly variables: Readonly<Record<string, string>>; readonly service: object }
}

interface RestatePorts {
  readonly admin: number
  readonly ingress: number
  readonly node: number
}

/** Restate's server, and the reservation on its SDK in a process of its own, registered with it. */
export async function startRestate(options: RestateOptions): Promise<PeerStage> {
  const { folder, packages, participantPort } = options
  mkdirSync(folder, { recursive: true })
  const [admin = 0, ingress = 0, node = 0] = await freePorts(3)
  const service = await startSdkService({
    name: 'restate-saga',
    packages,
    folder,
    ...RESTATE_SERVICE,
    settings: { participant: `http://127.0.0.1:${participantPort}`, options: options.settings.service },
  })
  let server: ServerProcess | undefined
  const close = async (): Promise<void> => {
    await server?.stop('SIGKILL') // its data is thrown away: an orderly end takes seconds
    await service.stop()
  }
  try {
    server = await startRestateServer(options, { admin, ingress, node })
    await register(admin, service.url)
  } catch (thrown) {
    await close()
    throw thrown
  }
  return { url: `http://127.0.0.1:${ingress}`, wire: 'restate', pids: [server.pid, service.pid], close }
}

function startRestateServer(
  { folder, packages, settings }: RestateOptions,
  ports: RestatePorts,
): Promise<ServerProcess> {
  const tool = serverIn(packages)
  return startServer({
    tool,
    args: ['--no-logo', '--node-name', 'bench', '--base-dir', join(folder, 'restate-data')],
    variables: {
      ...RESTATE.common,
      ...settings.variables,
      RESTATE_BIND_PORT: String(ports.node),
      RESTATE_ADMIN__BIND_PORT: String(ports.admin),
      RESTATE_INGRESS__BIND_PORT: String(ports.ingress),
    },
    folder,
    log: join(folder, 'server.log'),
    isReady: async () =>
      (await isOk(`http://127.0.0.1:${ports.admin}/health`)) &&
      (await isOk(`http://127.0.0.1:${ports.ingress}/restate/health`)),
  })
}

/** The server's program, from its package for this machine. */
function serverIn(packages: string): string {
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}`
  const file = join(packages, 'node_modules', name, 'bin', 'restate-server')
  if (!existsSync(file)) throw new Error(`start Restate: there is no server for ${process.platform} on ${process.arch}`)
  return file
}

async function register(admin: number, uri: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${admin}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`register the service with Restate: expected 2xx, found ${answer.status} ${text}`)
}

async function isOk(url: string): Promise<boolean> {
  const answer = await fetch(url)
  await answer.body?.cancel()
  return answer.ok
}
