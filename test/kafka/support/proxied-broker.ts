import { startBroker } from '../../../testing/broker/broker.ts'
import type { Broker } from '../../../testing/broker/broker.ts'
import { Topics } from '../../services/topics.ts'
import { makeFixture } from './fixture.ts'
import type { KafkaFixture, KafkaFixtureOptions } from './fixture.ts'
import { KafkaProxy } from './kafka-proxy.ts'

/** A broker whose SASL clients use a proxy; other clients connect directly. */
export interface ProxiedBroker {
  readonly broker: Broker
  readonly proxy: KafkaProxy
  /** The direct address. */
  readonly topics: Topics
  /** The saga.json whose channel uses the proxy. */
  fixture(options?: KafkaFixtureOptions): Promise<KafkaFixture>
  close(): Promise<void>
}

export async function startProxiedBroker(): Promise<ProxiedBroker> {
  const proxy = await KafkaProxy.listen()
  const broker = await startBroker({ advertised: { sasl: proxy.address } })
  proxy.leadsTo(broker.addresses.sasl)
  const topics = new Topics(broker.addresses.plaintext)
  const sasl = { mechanism: 'plain', ...broker.user }
  const through = { brokers: [proxy.address], authenticationProperties: { sasl } }
  return {
    broker,
    proxy,
    topics,
    fixture: (options = {}) => {
      const settings = { ...through, ...options.settings }
      return makeFixture({ ...options, create: (name, partitions) => topics.create(name, partitions), settings })
    },
    async close() {
      await topics.close()
      await broker.close()
      await proxy.close()
    },
  }
}
