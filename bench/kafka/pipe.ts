import process from 'node:process'
import kafkajs from 'kafkajs'
import type { Consumer, Producer } from 'kafkajs'

/** Input and output of a subject. */
export interface Pipe {
  readonly broker: string
  readonly events: string
  readonly commands: string
  readonly group: string
  /** Folder for its files. */
  readonly folder: string
}

/** Bytes of one fetch, from each partition and in all, as the adapter's consumer sets them: the same batches for all. */
const FETCH = { maxBytesPerPartition: 262_144, maxBytes: 2_097_152, maxWaitTimeInMs: 500 }

/** The pipe of this process's command line, and clients with the adapter's settings. */
export async function openPipe(): Promise<{ pipe: Pipe; consumer: Consumer; producer: Producer }> {
  const pipe = JSON.parse(process.argv[2] ?? '') as Pipe
  const kafka = new kafkajs.Kafka({ brokers: [pipe.broker], logLevel: kafkajs.logLevel.ERROR })
  const producer = kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  const consumer = kafka.consumer({ groupId: pipe.group, ...FETCH })
  await Promise.all([producer.connect(), consumer.connect()])
  await consumer.subscribe({ topic: pipe.events, fromBeginning: true })
  process.on('SIGTERM', () => process.exit())
  process.stdout.write('{"url":"http://localhost:0"}\n') // it has no HTTP door
  return { pipe, consumer, producer }
}
