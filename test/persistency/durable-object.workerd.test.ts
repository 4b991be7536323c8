import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { durableObjectPersistency } from '../../adapters/persistency/durable-object.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { fresh } from '../../testing/contract/build.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'

const { STORAGE } = env as unknown as { readonly STORAGE: DurableObjectNamespace }

/** Many sagas, each in its object, found by name as the Worker does. */
class Objects implements Persistency {
  readonly name = 'durable-object'
  readonly #run: string
  readonly #stores = new WeakMap<DurableObjectStorage, Persistency>()
  #open = true
  readonly can: Persistency['can']

  constructor(run: string, can: Persistency['can']) {
    this.#run = run
    this.can = can
  }

  static async open(run: string): Promise<Objects> {
    const can = await runInDurableObject(stub(run, ''), (_, { storage }) => durableObjectPersistency(storage).can)
    return new Objects(run, can)
  }

  load: Persistency['load'] = (id) => this.#inside(id, (store) => store.load(id))
  save: Persistency['save'] = (change, next, basis) =>
    this.#inside(change.sagaId, (store) => store.save(change, next, basis))
  applied: Persistency['applied'] = (id, event, label) => this.#inside(id, (store) => store.applied(id, event, label))
  document: Persistency['document'] = (id) => this.#inside(id, (store) => store.document(id))
  probe: Persistency['probe'] = () => this.#inside('', (store) => store.probe())

  async close(): Promise<void> {
    this.#open = false
  }

  #inside<T>(id: string, use: (store: Persistency) => Promise<T>): Promise<T> {
    return runInDurableObject(stub(this.#run, id), async (_, { storage }) => {
      // The platform may replace an object at any time: the new one has another storage.
      const store = this.#stores.get(storage) ?? durableObjectPersistency(storage)
      this.#stores.set(storage, store)
      if (!this.#open) await store.close()
      return use(store)
    })
  }
}

function stub(run: string, id: string): DurableObjectStub {
  return STORAGE.get(STORAGE.idFromName(`${run}/${id}`))
}

let run = ''

persistencyContract('durable-object', {
  open: () => Objects.open((run = fresh('run'))),
  reopen: () => Objects.open(run),
  spoil: async (id, how) => {
    const change = (sql: string, ...values: string[]) =>
      runInDurableObject(stub(run, id), (_, { storage }) => storage.sql.exec(sql, ...values).toArray())
    const [sound] = (await change('SELECT head FROM saga')) as unknown as { head: string }[]
    const head = sound?.head ?? ''
    await change('UPDATE saga SET head = ?', how === 'cut' ? head.slice(0, 40) : '{"entity":7}')
    return async () => void (await change('UPDATE saga SET head = ?', head))
  },
  alarm: async (id) => (await runInDurableObject(stub(run, id), (_, { storage }) => storage.getAlarm())) ?? undefined,
})
