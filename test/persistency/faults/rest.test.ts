import { restPersistency } from '../../../adapters/persistency/rest.ts'
import { nodeRuntime } from '../../../adapters/runtime/node.ts'
import type { Fetch } from '../../../src/ports/runtime.ts'
import { faultContract } from '../../../testing/contract/faults.ts'
import type { FaultSubject } from '../../../testing/contract/faults/link.ts'
import { STORES } from '../../../testing/stores.ts'
import { tcpLine } from '../../services/tcp-line.ts'
import { restService } from '../rest-service.ts'
import type { Tags } from '../rest-service.ts'

const ANSWER = 4_000
const { fetch } = nodeRuntime('silent')
/** The adapter has no setting for it. */
const impatient: Fetch = (url, request) => fetch(url, { ...request, timeouts: { connect: ANSWER, answer: ANSWER } })

faultContract('rest, with tags', { ...subjectOf('strong'), gaps: STORES['rest (strong tags)'].gaps })
faultContract('rest, with tags on reads', { ...subjectOf('on-reads'), gaps: STORES['rest (strong tags)'].gaps })
faultContract('rest, without tags', { ...subjectOf('none'), gaps: STORES['rest (no tags)'].gaps })

function subjectOf(tags: Tags): FaultSubject {
  const open = async () => {
    const service = await restService({ tags })
    const { port, line, close } = await tcpLine(
      () => service.port,
      () => service.restart(),
    )
    return {
      store: restPersistency(service.settings('/sagas', port), impatient),
      line,
      another: async () => restPersistency(service.settings(), fetch),
      close: () => Promise.all([close(), service.close()]).then(() => undefined),
    }
  }
  return { open, patience: 2 * ANSWER, secrets: () => ['hunter2'] }
}
