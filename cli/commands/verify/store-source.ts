import { encodeSummary } from '../../../src/codec/saga-summary.ts'
import { isUnreadableSaga, reasonOf } from '../../../src/errors.ts'
import type { Cursor } from '../../../src/ports/persistency.ts'
import type { CommandLine } from '../../command-line.ts'
import { checkedConfiguration } from '../../service/checked-configuration.ts'
import { openConfiguredStore, sqliteFileAt } from '../replay/open-store.ts'
import type { ReadableStore } from '../replay/store-histories.ts'
import { deployedMachine } from './deployed-machine.ts'
import type { DeployedMachine, SagaSource } from './saga-source.ts'

/** Sagas of one read. */
const PAGE = 256

/** An open source, or a text for stderr: the problems of the file, as `batuta check` shows them. */
export type OpenedStore =
  | { readonly ok: true; readonly source: SagaSource }
  | { readonly ok: false; readonly text: string }

/** The sagas in the store of a saga.json, without a service. Throws where the store cannot be opened, or cannot list. */
export async function storeSource(path: string, env: CommandLine['process']['env']): Promise<OpenedStore> {
  if ((await sqliteFileAt(path)) !== undefined) throw new Error(noMachine(path))
  const checked = await checkedConfiguration(path, env)
  if (!checked.ok) return checked
  const { configuration } = checked
  const store = await openConfiguredStore(configuration, env['DATA_PATH'] || './data')
  return { ok: true, source: sourceOf(store, deployedMachine(configuration)) }
}

/** As for `batuta replay --from`, which needs no machine of the place. */
function noMachine(path: string): string {
  const found = `open ${JSON.stringify(path)}: found a store, expected the saga.json that names it, since its machine judges the sagas`
  return `${found}; DATA_PATH says where the file of the store is`
}

function sourceOf(store: ReadableStore, machine: DeployedMachine): SagaSource {
  return {
    machine,
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
    close: () => store.close(),
  }
}
