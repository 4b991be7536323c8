import type { Host } from '../src/service.ts'
import { nodeWorker } from './node-worker.ts'
import { loadWith } from './peers.ts'
import { serve } from './serve.ts'

await serve(async () => {
  const { host, listen } = await nodeWorker('the Kafka worker')
  return { host: { ...host, ...withKafka(host) }, listen }
})

/** The Kafka library is loaded when a saga.json has a channel of that type. */
function withKafka({ channels }: Host): Pick<Host, 'channels' | 'sources'> {
  return {
    channels: {
      ...channels,
      kafka: async (configuration, runtime) => (await loadKafka(configuration.id)).kafkaChannel(configuration, runtime),
    },
    sources: {
      kafka: async (configuration, place) => (await loadKafka(configuration.id)).kafkaSource(configuration, place),
    },
  }
}

function loadKafka(id: string) {
  return loadWith(`open the channel "${id}"`, ['kafkajs'], () => import('../adapters/channel/kafka/index.ts'))
}
