import process from 'node:process'
import { runDemo } from './demo/run-demo.ts'
import { openStage } from './demo/rest/stage.ts'

const code = await runDemo({
  name: 'deno task demo',
  brief: 'See it run: a service, its participants and a thousand sagas',
  fullDescription:
    'Starts the service as deno task start does, on a free port over a store of its own below ./data, with participants at ' +
    'sockets of their own; leads sagas through it and checks how every one of them ended. Ends with 1 if one ended wrong.',
  sagas: 1_000,
  open: (atOnce) => openStage(atOnce, 'deno'),
})
process.exit(code) // after an interrupt, unfinished sagas would keep the process alive
