import { readFile } from 'node:fs/promises'
import { encodeSummary } from '../../../src/codec/saga-summary.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { Configuration } from '../../../src/config/examine-configuration.ts'
import { describeProblem } from '../../../src/config/problem.ts'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import { decodeUtf8 } from '../../../src/config/utf8.ts'
import { isUnreadableSaga, reasonOf } from '../../../src/errors.ts'
import type { Cursor, ListQuery, Page, Persistency } from '../../../src/ports/persistency.ts'
import { loadWith } from '../../../workers/peers.ts'
import { sharedStores } from '../../../workers/shared-stores.ts'
import { deployedMachine } from './deployed-machine.ts'
import type { SagaSource } from './saga-source.ts'

/** Sagas of one read. */
const PAGE = 256

/** A store, as far as it is looked at. */
interface StoreView {
  page(query: ListQuery): Promise<Page>
  document(id: string): Promise<SagaDocument | undefined>
  close(): void | Promise<void>
}

type Opener = (settings: unknown, context: object) => Persistency | Promise<Persistency>
type StoreVariables = Readonly<Record<string, string | undefined>>

/**
 * The sagas in the store of a saga.json, without a service. An SQLite file is opened to read, also beside its service; a shared store as
 * a start opens it. Throws where the file has problems, or the store cannot list.
 */
export async function storeSource(path: string, env: StoreVariables): Promise<SagaSource> {
  const configuration = await configurationOf(path, env)
  const store = await open(configuration, env)
  return {
    machine: deployedMachine(configuration),
    async *pages() {
      let after: Cursor | undefined
      do {
        const { items, unreadable = [], next } = await store.page({ limit: PAGE, after })
        yield [...items.map(encodeSummary), ...unreadable.map(({ id, why }) => ({ sagaId: id, unreadable: why }))]
        after = next
      } while (after !== undefined)
    },
    async document(sagaId) {
      try {
        return await store.document(sagaId)
      } catch (thrown) {
        if (!isUnreadableSaga(thrown)) throw thrown
        return { sagaId, unreadable: reasonOf(thrown) }
      }
    },
    close: async () => store.close(),
  }
}

async function configurationOf(path: string, env: StoreVariables): Promise<Configuration> {
  const decoded = decodeUtf8(await readFile(path))
  if (!decoded.ok) throw new Error(`read "${path}": it is not UTF-8`)
  const sources = { readFile: (file: string) => readFile(file), variable: (name: string) => env[name] }
  const read = await readConfiguration(decoded.text, sources)
  if (read.ok) return read.value
  throw new Error([`read "${path}": the file has problems`, ...read.problems.map(describeProblem)].join('\n  '))
}

async function open(configuration: Configuration, env: StoreVariables): Promise<StoreView> {
  const { persistency, machine } = configuration
  if (persistency === undefined || persistency.type === 'sqlite') {
    const { openToRead } = await import('../../../adapters/persistency/sqlite/open-to-read.ts')
    return openToRead(persistency?.configurations.path ?? `${env['DATA_PATH'] || './data'}/batuta.sqlite`)
  }
  const opener = sharedStores[persistency.type]
  if (opener === undefined) throw new Error(`open the store "${persistency.type}": ${NOT_HERE}`)
  const load = () => import('../../../adapters/runtime/node.ts')
  const { nodeRuntime } = await loadWith('read the store', ['pino', 'undici'], load)
  const context = { runtime: nodeRuntime('silent'), dataPath: '', passOver: () => undefined, machine }
  // The types of settings and opener belong together, which the compiler cannot follow.
  const store = await (opener as Opener)(persistency.configurations, context)
  const { list } = store.can
  if (list !== false)
    return { page: (query) => list.page(query), document: (id) => store.document(id), close: () => store.close() }
  await store.close()
  throw new Error(`list the sagas of the store "${persistency.type}": it cannot list, expected another one, or --url`)
}

const NOT_HERE = 'its sagas are read through the service alone, expected --url'
