import { kafkaChannel, kafkaSource } from '../adapters/channel/kafka/index.ts'
import { nodeRuntime } from '../adapters/runtime/node.ts'
import { processHost } from './process-host.ts'
import { listenOnNode } from './node-listener.ts'
import { serve } from './serve.ts'

const host = processHost(nodeRuntime)
const channels = { ...host.channels, kafka: kafkaChannel }
await serve({ ...host, channels, sources: { kafka: kafkaSource } }, listenOnNode)
