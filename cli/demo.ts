import process from 'node:process'
import { runDemo } from './demo/run-demo.ts'
import { openStage } from './demo/rest/stage.ts'

const code = await runDemo({
  name: 'npm run demo --',
  brief: 'Run a service, its participants and a thousand sagas',
  fullDescription:
    'Starts the service as npm start does, on a free port with a new store below ./data, and its participants on sockets of ' +
    'their own; runs sagas and checks the end of each. Exit code 1 if one ended wrong.',
  sagas: 1_000,
  open: openStage,
})
process.exit(code) // after an interrupt, requests are still under way
