import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { startWorker } from '../../../testing/load/worker-process.ts'
import type { WorkerProcess } from '../../../testing/load/worker-process.ts'
import type { WorkerScript } from '../worker.ts'
import { AnsweringParticipant } from './answering-participant.ts'
import { SlowCrud } from './slow-crud.ts'
import type { KeptSaga } from './slow-crud.ts'

/** A service whose load is to be more than it can carry. */
export interface OverloadedOptions {
  /** For the store and the log. */
  readonly folder: string
  readonly script: WorkerScript
  /**
   * `slow`: a store that carries out 2 calls at once, in 4 ms for each saga of a call, so that a small machine can offer ten times the load. `sqlite`: the
   * processor is what the load is bound by.
   */
  readonly store: 'slow' | 'sqlite'
}

const SLOW = { atOnce: 2, milliseconds: 4 } as const
const ROOT = join(import.meta.dirname, '../../..')

/** The service, its participant and its store, each in a process of its own. A saga ends with the participant's event. */
export class OverloadedService {
  readonly participant: AnsweringParticipant
  readonly #worker: WorkerProcess
  readonly #slow: SlowCrud | undefined

  private constructor(participant: AnsweringParticipant, worker: WorkerProcess, slow: SlowCrud | undefined) {
    this.participant = participant
    this.#worker = worker
    this.#slow = slow
  }

  static async start({ folder, script, store }: OverloadedOptions): Promise<OverloadedService> {
    const participant = await AnsweringParticipant.open()
    const slow = store === 'slow' ? await SlowCrud.open(SLOW) : undefined
    try {
      const persistency = slow?.persistency ?? { type: 'sqlite', configurations: {} }
      const configuration = join(folder, 'saga.json')
      writeFileSync(configuration, JSON.stringify(fileOf(participant.port, persistency)))
      const path = [join(ROOT, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(delimiter)
      const worker = await startWorker({
        command: ['/bin/sh', '-c', scriptOf(script)],
        variables: {
          PATH: path,
          CONFIGURATIONS_FILE_PATH: configuration,
          DATA_PATH: folder,
        },
        log: join(folder, 'service.log'),
      })
      await participant.answers(worker.url)
      return new OverloadedService(participant, worker, slow)
    } catch (thrown) {
      participant.close()
      slow?.close()
      throw thrown
    }
  }

  get url(): string {
    return this.#worker.url
  }

  get pid(): number {
    return this.#worker.pid
  }

  /** All sagas of the store. */
  sagas(): Promise<readonly KeptSaga[]> {
    return this.#slow?.sagas() ?? listed(this.url)
  }

  async stop(): Promise<void> {
    await this.#worker.stop()
    this.participant.close()
    this.#slow?.close()
  }
}

function fileOf(port: number, persistencyManagement: object): object {
  const asked = {
    id: 'asked',
    isFinal: false,
    outputCommand: { label: 'answer', channel: 'desk' },
    outgoingTransitions: [{ inputEvent: 'answered', targetState: 'done' }],
  }
  const configurations = { protocol: 'http', endpoint: '127.0.0.1', port, method: 'POST', path: '/', retry: {} }
  return {
    machineDefinition: { initialState: 'asked', states: [asked, { id: 'done', isFinal: true }] },
    communicationProtocols: [{ id: 'desk', type: 'rest', configurations }],
    persistencyManagement,
  }
}

function scriptOf(script: WorkerScript): string {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<WorkerScript, string>>
  }
  return scripts[script]
}

async function listed(url: string): Promise<readonly KeptSaga[]> {
  const sagas: KeptSaga[] = []
  for (let next: string | undefined = ''; next !== undefined;) {
    const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`
    const answer = await fetch(`${url}/sagas?limit=200${cursor}`)
    const page = (await answer.json()) as {
      readonly items: readonly {
        readonly sagaId: string
        readonly associatedEntityId: string
        readonly isFinal: boolean
      }[]
      readonly next?: string
    }
    for (const { sagaId, associatedEntityId: entity, isFinal } of page.items) sagas.push({ sagaId, entity, isFinal })
    next = page.next
  }
  return sagas
}
