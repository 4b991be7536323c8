import kafkajs from 'kafkajs'
import type {
  ICustomPartitioner,
  ISocketFactory,
  Kafka,
  KafkaConfig,
  logCreator,
  PartitionAssigner,
  RetryOptions,
  SASLOptions,
} from 'kafkajs'
import type { Log } from '../../../src/ports/runtime.ts'
import { assign } from './assigner.ts'
import { codecs } from './codecs.ts'
import { Former } from './former.ts'
import { leavesFor } from './mended.ts'
import { murmur2 } from './murmur2.ts'
import type { Connection, Sasl, Tls } from './settings.ts'
import { seedOf, Sockets } from './sockets.ts'

// The one file that imports the Kafka library, beside `mended.ts`; the others see what is exported here.
export type { EachBatchPayload, Kafka } from 'kafkajs'
/** Chooses the partition of a message. */
export type Partitioner = ReturnType<ICustomPartitioner>

/** Until a connection stands, TLS and all. */
const CONNECT = 5_000
/** Until a broker must have answered; what waits at the broker, such as a join, has that added. */
export const REQUEST = 5_000
/** How long metadata are trusted: a partition without a leader is left out until they are asked for again. */
export const METADATA = 30_000

const { CompressionTypes, CompressionCodecs } = kafkajs
CompressionCodecs[CompressionTypes.GZIP] = () => codecs.gzip
CompressionCodecs[CompressionTypes.Snappy] = () => codecs.snappy
CompressionCodecs[CompressionTypes.LZ4] = () => codecs.lz4
CompressionCodecs[CompressionTypes.ZSTD] = () => codecs.zstd

/** kafkajs itself and its sockets. Made anew for each connection: what has failed once is not repaired but thrown away. */
export interface Client {
  readonly kafka: Kafka
  readonly sockets: Sockets
  readonly former: Former
}

/** Makes clients for these brokers. Nothing is connected yet. */
export function clientsOf(connection: Connection, clientId: string, log: Log): (retry?: Retry) => Client {
  const configuration = configurationOf(connection, clientId, log)
  const brokers = connection.brokers.map((broker) => seedOf(broker.reveal()))
  const former = new Former()
  let made = 0
  return (retry = RETRY) => {
    const sockets = new Sockets()
    leavesFor(sockets.make, former)
    const socketFactory = sockets.make as ISocketFactory
    return {
      kafka: new kafkajs.Kafka({ ...configuration, retry, brokers: turned(brokers, made++), socketFactory }),
      sockets,
      former,
    }
  }
}

/** kafkajs asks the first one first, each time: one that is away would delay every client by as long as connecting takes. */
function turned<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}

/** Every field is given: in tests kafkajs would take others for those that are not. */
export type Retry = Readonly<
  Required<Pick<RetryOptions, 'initialRetryTime' | 'maxRetryTime' | 'factor' | 'multiplier' | 'retries'>>
>
export const RETRY: Retry = { initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 2 }
/**
 * A broker that is lost is known to be so by the others when its own session is over. Until then a member goes on with what it reaches
 * from the others, and keeps its place in the group: it is asked again for some 4 s.
 */
export const PATIENCE: Retry = { ...RETRY, maxRetryTime: 500, retries: 9 }

function configurationOf(connection: Connection, clientId: string, log: Log): Omit<KafkaConfig, 'brokers'> {
  const { ssl, sasl } = connection.authenticationProperties
  return {
    clientId,
    ...(ssl === undefined ? {} : { ssl: typeof ssl === 'boolean' ? ssl : tlsOf(ssl) }),
    ...(sasl && { sasl: saslOf(sasl) }),
    connectionTimeout: CONNECT,
    authenticationTimeout: CONNECT,
    requestTimeout: REQUEST,
    enforceRequestTimeout: true,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: logTo(log),
  }
}

function tlsOf({ ca, key, cert, passphrase }: Tls): Exclude<KafkaConfig['ssl'], boolean | undefined> {
  return {
    ...(ca && { ca: ca.map((one) => one.reveal()) }),
    ...(key && { key: key.reveal() }),
    ...(cert && { cert: cert.reveal() }),
    ...(passphrase && { passphrase: passphrase.reveal() }),
  }
}

function saslOf({ mechanism, username, password }: Sasl): SASLOptions {
  return { mechanism, username: username.reveal(), password: password.reveal() } as SASLOptions
}

/** kafkajs calls ordinary rebalances errors: what matters is told by us, the rest is for whoever looks closely. */
function logTo(log: Log): logCreator {
  return () => (entry) => log.debug(`kafkajs: ${entry.log.message}`, { error: entry.log['error'] as unknown })
}

/** As Kafka's own clients spread keys: murmur2. Records without key go round. */
export function partitioner(): Partitioner {
  const inTurn = kafkajs.Partitioners.DefaultPartitioner()
  return (given) => {
    const { key } = given.message
    if (key === null || key === undefined) return inTurn(given)
    const hash = murmur2(typeof key === 'string' ? Buffer.from(key) : key)
    return (hash & 0x7fffffff) % given.partitionMetadata.length
  }
}

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol

/** `assign` in kafkajs's clothes. */
export const roundRobin: PartitionAssigner = ({ cluster }) => ({
  name: 'RoundRobinAssigner',
  version: 0,
  protocol: ({ topics }) => ({
    name: 'RoundRobinAssigner',
    metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
  }),
  async assign({ members }) {
    const subscribers = members.map(({ memberId, memberMetadata }) => ({
      id: memberId,
      topics: MemberMetadata.decode(memberMetadata)?.topics ?? [],
    }))
    const topics = [...new Set(subscribers.flatMap((one) => one.topics))]
    await know(cluster, topics)
    const partitions = (topic: string) =>
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)
    return [...assign(subscribers, partitions)].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({
        version: 0,
        assignment: Object.fromEntries([...assignment].map(([topic, list]) => [topic, [...list]])),
        userData: Buffer.alloc(0),
      }),
    }))
  },
})

/** Asks about topics that other members have subscribed to. One that does not exist has no partitions; it must not end us. */
async function know(cluster: unknown, topics: readonly string[]): Promise<void> {
  const asking = cluster as { addMultipleTargetTopics(topics: readonly string[]): Promise<void> }
  for (const topic of topics) await asking.addMultipleTargetTopics([topic]).catch(() => undefined)
}
