import { kafkaChannel, kafkaSource } from '../../adapters/channel/kafka/index.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { begin } from '../../src/engine/decide.ts'
import { evolve } from '../../src/engine/evolve.ts'
import { mergeFirstLevel } from '../../src/engine/merge.ts'
import { compile } from '../../src/machine/compile.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import type { Host } from '../../src/service.ts'
import { processHost } from '../../workers/process-host.ts'
import { listenOnNode } from '../../workers/node-listener.ts'
import { serve } from '../../workers/serve.ts'
import { MACHINE, sagaId, SAGAS } from './load.ts'

// The parts of workers/kafka.ts over a store that holds the sagas already.
const host = processHost(nodeRuntime)
const { memory, sqlite } = host.persistencies
const persistencies: Host['persistencies'] = {
  ...(memory && { memory: async (settings, place) => filled(await memory(settings, place)) }),
  ...(sqlite && { sqlite: async (settings, place) => filled(await sqlite(settings, place)) }),
}
const channels = { ...host.channels, kafka: kafkaChannel }
await serve(() => ({
  host: { ...host, channels, sources: { kafka: kafkaSource }, persistencies },
  listen: listenOnNode,
}))

/** Writes the sagas as `POST /saga` would. */
async function filled(store: Persistency): Promise<Persistency> {
  const machine = compile(MACHINE, { merge: mergeFirstLevel, leaseOf: () => 15_000 })
  const at = Date.now()
  const save = (number: number) => {
    const id = sagaId(number)
    const step = begin(machine, { id, eventId: `key/${number}`, entity: `order-${number}`, metadata: {} }, at)
    const change = { sagaId: id, writeId: 'made-for-bench', at, step }
    return store.save(change, evolve(undefined, change), 'absent')
  }
  await Promise.all(Array.from({ length: SAGAS }, (_, number) => save(number)))
  return store
}
