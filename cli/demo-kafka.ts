import process from 'node:process'
import { runDemo } from './demo/run-demo.ts'
import { openStage } from './demo/kafka/stage.ts'

const code = await runDemo({
  name: 'npm run demo:kafka --',
  brief: 'See it run on Kafka: a broker, a service, two participants and five hundred sagas',
  fullDescription:
    'Starts an Apache Kafka broker and the service as npm run start:kafka does, on free ports over a store of its own below ' +
    './data, with the two participants of examples/kafka; leads sagas through it and checks how every one of them ended. ' +
    'Ends with 1 if one ended wrong. The broker needs Java, Maven and OpenSSL.',
  sagas: 500,
  open: openStage,
})
process.exit(code)
