import { nodeWorker } from './node-worker.ts'
import { serve } from './serve.ts'

await serve(() => nodeWorker('the Node worker'))
