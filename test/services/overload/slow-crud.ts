import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A saga as a store has it. */
export interface KeptSaga {
  readonly sagaId: string
  readonly entity: string
  readonly isFinal: boolean
}

/** A CRUD Service in a process of its own whose capacity is fixed: `atOnce` calls at once, each of `milliseconds`. */
export class SlowCrud {
  readonly #child: ChildProcess
  readonly #port: number

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.#port = port
  }

  static async open({ atOnce, milliseconds }: { atOnce: number; milliseconds: number }): Promise<SlowCrud> {
    const child = fork(new URL('slow-crud.child.ts', import.meta.url), [String(atOnce), String(milliseconds)], {
      serialization: 'advanced',
      execArgv: [],
    })
    const [port] = (await once(child, 'message')) as [number]
    return new SlowCrud(child, port)
  }

  /** The store of a saga.json. */
  get persistency(): object {
    return { type: 'crud', configurations: { host: '127.0.0.1', port: this.#port, collectionName: 'sagas' } }
  }

  async sagas(): Promise<readonly KeptSaga[]> {
    this.#child.send('sagas')
    const [sagas] = (await once(this.#child, 'message')) as [readonly KeptSaga[]]
    return sagas
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}
