import { nodeRuntime } from '../adapters/runtime/node.ts'
import { processHost } from './process-host.ts'
import { listenOnNode } from './node-listener.ts'
import { serve } from './serve.ts'

await serve(processHost(nodeRuntime), listenOnNode)
