import { encodeSummary } from '../../../src/codec/saga-summary.ts'
import { isUnreadableSaga, reasonOf } from '../../../src/errors.ts'
import type { Cursor } from '../../../src/ports/persistency.ts'
import type { CommandLine } from '../../command-line.ts'
import { checkedConfiguration } from '../../service/checked-configuration.ts'
import { openConfiguredStore } from '../replay/open-store.ts'
import { deployedMachine } from './deployed-machine.ts'
import type { SagaSource } from './saga-source.ts'

/** Sagas of one read. */
const PAGE = 256

/** The sagas in the store of a saga.json, without a service. Throws where the file has problems, or the store cannot list. */
export async function storeSource(path: string, env: CommandLine['process']['env']): Promise<SagaSource> {
  const checked = await checkedConfiguration(path, env)
  if (!checked.ok) throw new Error(checked.text.trimEnd())
  const { configuration } = checked
  const store = await openConfiguredStore(configuration, env['DATA_PATH'] || './data')
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
    close: () => store.close(),
  }
}
