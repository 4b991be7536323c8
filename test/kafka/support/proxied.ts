import { startBroker } from '../../../testing/broker/broker.ts'
import type { Broker } from '../../../testing/broker/broker.ts'
import { Topics } from '../../services/topics.ts'
import { makeBed } from './bed.ts'
import type { Bed, BedOptions } from './bed.ts'
import { Proxy } from './proxy.ts'

/** A broker whose SASL clients use a proxy; other clients connect directly. */
export interface Proxied {
  readonly broker: Broker
  readonly proxy: Proxy
  /** The direct address. */
  readonly topics: Topics
  /** The saga.json whose channel uses the proxy. */
  bed(options?: BedOptions): Promise<Bed>
  close(): Promise<void>
}

export async function startProxied(): Promise<Proxied> {
  const proxy = await Proxy.listen()
  const broker = await startBroker({ advertised: { sasl: proxy.address } })
  proxy.leadsTo(broker.addresses.sasl)
  const topics = new Topics(broker.addresses.plaintext)
  const sasl = { mechanism: 'plain', ...broker.user }
  const through = { brokers: [proxy.address], authenticationProperties: { sasl } }
  return {
    broker,
    proxy,
    topics,
    bed: (options = {}) => {
      const settings = { ...through, ...options.settings }
      return makeBed({ ...options, create: (name, partitions) => topics.create(name, partitions), settings })
    },
    async close() {
      await topics.close()
      await broker.close()
      await proxy.close()
    },
  }
}
