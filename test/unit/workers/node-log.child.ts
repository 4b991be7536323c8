import process from 'node:process'
import { nodeRuntime } from '../../../adapters/runtime/node.ts'

// Without a turn of the event loop nothing is written, as where nothing reads the log.
const { log } = nodeRuntime('debug')
const url = 'x'.repeat(1_000)
for (let line = 0; line < Number(process.argv[2]); line++) log.write('request.completed', { url, line })
