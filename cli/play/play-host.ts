import type { Host } from '../../src/service.ts'
import type { StoreContext } from '../../src/orchestrator/attach.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { PlayParticipants } from './play-participants.ts'
import { playChannel } from './play-channel.ts'
import { playConsole } from './play-console.ts'
import type { PlayTime } from './play-time.ts'
import type { SecretStandIns } from './secret-stand-ins.ts'

/** The parts of a host that `batuta dev` replaces. */
export interface PlayHostOptions {
  readonly configurationPath: string
  readonly port: string
  /** Folder of the SQLite store; absent: memory. */
  readonly folder: string | undefined
  readonly runtime: Runtime
  readonly participants: PlayParticipants
  readonly secrets: SecretStandIns
  /** Gets the store, and one whole look of recovery. */
  readonly time: Pick<PlayTime, 'opened' | 'roused'>
}

/** Variables of a service elsewhere. Here it listens on loopback alone, so that it needs no token, and ends at once. */
const DROPPED = ['CONFIGURATION', 'API_TOKEN', 'READ_TOKEN', 'DATA_PATH']

/**
 * The host of a worker with the same saga.json, but neither its network nor its store: participants in this process for every channel,
 * and memory or one SQLite file for every type of store. Secrets that this machine lacks have stand-ins.
 */
export function playHost(base: Host, options: PlayHostOptions): Host {
  const { configurationPath, port, folder, runtime, participants, secrets, time } = options
  const { sqlite, memory } = base.persistencies
  const open = folder === undefined ? memory : sqlite
  if (open === undefined) throw new Error('start the play: expected a worker with the stores "memory" and "sqlite"')
  const persistencies = Object.fromEntries(
    [...Object.keys(base.persistencies), ...secrets.stores].map((type) => [
      type,
      async (_: unknown, place: StoreContext) => {
        const store = await open({}, place)
        time.opened(store)
        return store
      },
    ]),
  )
  const fixed = {
    CONFIGURATIONS_FILE_PATH: configurationPath,
    HTTP_PORT: port,
    HTTP_HOST: '127.0.0.1',
    WAIT_BEFORE_SERVER_CLOSE_SEC: '0',
    ...(folder !== undefined && { DATA_PATH: folder }),
  }
  const variables = Object.entries(base.variables).filter(([name]) => !DROPPED.includes(name))
  return {
    ...base,
    variables: { ...Object.fromEntries(variables), ...fixed },
    secret: secrets.variable,
    readFile: (path) => secrets.readFile(path),
    runtime: () => runtime,
    channels: { rest: (one) => playChannel(one, participants), kafka: (one) => playChannel(one, participants) },
    sources: {},
    persistencies,
    embedded: { type: folder === undefined ? 'memory' : 'sqlite', configurations: {} },
    rouse: time.roused,
    console: playConsole,
  }
}
