import { backoff } from '../../src/orchestrator/backoff.ts'
import type { RecordStore, StoredRecord } from '../../src/ports/persistency.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import { isRestarting } from './objects-corridor.ts'

/** The id of the object with the records of the service; no saga has it. */
const CONTROL_OBJECT = 'batuta: control'
/** Attempts to call it while it restarts. */
const ATTEMPTS = 4

/** A call of a `RecordStore`, as JSON between the Worker and the object. */
export type RecordCall =
  | { readonly method: 'read' | 'remove'; readonly key: string }
  | { readonly method: 'write'; readonly key: string; readonly text: string; readonly version: string }
  | { readonly method: 'keys'; readonly prefix: string; readonly limit: number; readonly after?: string | undefined }

/** The object with the records, as the Worker and the other objects call it. */
export interface RecordObject {
  /** Argument and answer are JSON texts. */
  record(call: string): Promise<string | undefined>
}

/** Carries out a call in the object. */
export async function answerRecordCall(records: RecordStore, call: RecordCall): Promise<unknown> {
  switch (call.method) {
    case 'read':
      return records.read(call.key)
    case 'remove':
      return records.remove(call.key)
    case 'write':
      return records.write(call.key, call.text, call.version)
    case 'keys':
      return records.keys(call.prefix, call.limit, call.after)
  }
}

/** Records in an object of their own, for stores that have no place for them: all isolates of the Worker share it. */
export function controlRecords(sagas: DurableObjectNamespace, runtime: Pick<Runtime, 'random' | 'after'>): RecordStore {
  const object = () => sagas.getByName(CONTROL_OBJECT) as unknown as RecordObject

  async function ask<Answer>(call: RecordCall): Promise<Answer> {
    const text = JSON.stringify(call)
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await object().record(text)
        return (answer === undefined ? undefined : JSON.parse(answer)) as Answer
      } catch (thrown) {
        // A repeated write would find its own effect, and answer that another process was first.
        if (call.method === 'write' || !isRestarting(thrown) || attempt + 1 === ATTEMPTS) throw thrown
        await backoff(runtime, attempt)
      }
    }
  }

  return {
    read: (key) => ask<StoredRecord | undefined>({ method: 'read', key }),
    write: (key, text, version) => ask<StoredRecord | undefined>({ method: 'write', key, text, version }),
    keys: (prefix, limit, after) => ask<readonly string[]>({ method: 'keys', prefix, limit, after }),
    remove: (key) => ask<void>({ method: 'remove', key }),
  }
}
