import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../walls/tools.ts'
import { call, eventually } from './client.ts'
import { family } from './processes.ts'

/** A machine with a Kafka and a REST channel, a store and secrets, none of which this machine has. */
export const PLAYED_SAGA = {
  machineDefinition: {
    initialState: 'ordered',
    states: [
      {
        id: 'ordered',
        isFinal: false,
        outputCommand: { label: 'pay', channel: 'payments' },
        timeout: { after: 'P3D', event: 'expired' },
        outgoingTransitions: [
          { inputEvent: 'paid', targetState: 'sent' },
          { inputEvent: 'refused', targetState: 'failed' },
          { inputEvent: 'expired', targetState: 'failed' },
        ],
      },
      {
        id: 'sent',
        isFinal: false,
        outputCommand: { label: 'ship', channel: 'parcels' },
        outgoingTransitions: [{ inputEvent: 'shipped', targetState: 'done' }],
      },
      { id: 'done', isFinal: true },
      { id: 'failed', isFinal: true },
    ],
  },
  communicationProtocols: [
    {
      id: 'payments',
      type: 'kafka',
      configurations: {
        brokers: { type: 'env', name: 'BROKERS_THAT_NOBODY_SET' },
        inputTopics: ['events'],
        outputTopics: ['commands'],
        consumerGroup: 'orders',
      },
    },
    {
      id: 'parcels',
      type: 'rest',
      configurations: {
        protocol: 'https',
        endpoint: 'parcels.invalid',
        method: 'POST',
        path: '/',
        headers: {
          'x-key': { type: 'file', path: '/no/such/secret' },
          // A secret of this name is the participant's: the play has no token.
          authorization: { type: 'env', name: 'API_TOKEN' },
        },
      },
    },
  ],
  persistencyManagement: {
    type: 'mongo',
    configurations: { connectionUri: { type: 'env', name: 'URI_THAT_NOBODY_SET' }, collectionName: 'sagas' },
  },
}

/** Milliseconds that a test with one start takes at most: a busy machine needs most of them for it. */
export const DEV_TIMEOUT = 180_000
/** Of its own: `npm start` fills the other one, and looks if it is there. */
const COMPILED = join(ROOT, 'node_modules/.cache/batuta-dev')

/** `batuta dev` in a folder of its own, on a free port. */
export class Dev {
  readonly folder = mkdtempSync(join(tmpdir(), 'batuta-dev-'))
  readonly saga: object
  output = ''
  url = ''
  #child: ChildProcess | undefined

  constructor(saga: object = PLAYED_SAGA) {
    this.saga = saga
  }

  async start(args: readonly string[] = [], play?: object): Promise<void> {
    writeFileSync(join(this.folder, 'saga.json'), JSON.stringify(this.saga))
    if (play !== undefined) writeFileSync(join(this.folder, 'play.json'), JSON.stringify(play))
    const child = this.launch([...args, ...(play === undefined ? [] : ['--play', 'play.json'])])
    this.url = await eventually(() => {
      if (child.exitCode !== null) throw new Error(`start batuta dev: it has ended\n${this.output}`)
      return this.says(/service +(http:\S+)/)?.[1]
    }, DEV_TIMEOUT)
  }

  launch(args: readonly string[]): ChildProcess {
    this.output = ''
    const { PATH = '' } = process.env
    const command = [join(ROOT, 'cli/batuta.mjs'), 'dev', 'saga.json', '--port', '0', ...args]
    const child = spawn(process.execPath, command, {
      cwd: this.folder,
      env: { PATH, NODE_COMPILE_CACHE: COMPILED },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => void (this.output += text))
    }
    return (this.#child = child)
  }

  says(pattern: RegExp): RegExpExecArray | undefined {
    return pattern.exec(this.output) ?? undefined
  }

  get processes(): readonly number[] {
    return this.#child?.pid === undefined ? [] : family(this.#child.pid).map(({ pid }) => pid)
  }

  async create(entity: string): Promise<string> {
    const { json } = await call(`${this.url}/saga`, { body: { associatedEntityId: entity, metadata: { amount: 5 } } })
    return (json as { sagaId: string }).sagaId
  }

  async waiting(sagaId: string): Promise<{ readonly id: number; readonly events: readonly string[] }> {
    return eventually(async () => {
      const { json } = await call(`${this.url}/play/commands`)
      const { commands } = json as { commands: { id: number; sagaId: string; events: string[] }[] }
      return commands.find((one) => one.sagaId === sagaId)
    })
  }

  async state(sagaId: string): Promise<string> {
    const { json } = await call(`${this.url}/sagas/${sagaId}`)
    return (json as { currentState: string }).currentState
  }

  async interrupt(): Promise<number | null> {
    const child = this.#child
    if (child === undefined) return null
    const closed = once(child, 'close') as Promise<[number | null]>
    child.kill('SIGINT')
    return (await closed)[0]
  }

  remove(): void {
    for (const pid of this.processes) process.kill(pid, 'SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}
