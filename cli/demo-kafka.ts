import process from 'node:process'
import { runDemo } from './demo/run-demo.ts'
import { openStage } from './demo/kafka/stage.ts'

const code = await runDemo({
  name: 'npm run demo:kafka --',
  brief: 'Run a Kafka broker, a service, two participants and five hundred sagas',
  fullDescription:
    'Starts an Apache Kafka broker, the service as npm run start:kafka does, on free ports with a new store below ./data, and ' +
    'the two participants of examples/kafka; runs sagas and checks the end of each. Exit code 1 if one ended wrong. The ' +
    'broker needs Java, Maven and OpenSSL.',
  sagas: 500,
  open: openStage,
})
process.exit(code)
