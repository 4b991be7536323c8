import { type Broker, type BrokerOptions, startBroker } from './broker.ts'
import { freePorts } from './ports.ts'
import { PORTS, portsOf } from './properties.ts'
import type { ClusterNode } from './broker-folder.ts'

/**
 * Starts a cluster whose brokers are controllers too. Every broker has a replica of everything, and all but one must be in sync. One
 * broker alone has no quorum, so all start together.
 */
export async function startCluster(
  count = 3,
  { settings, log }: Pick<BrokerOptions, 'settings' | 'log'> = {},
): Promise<Broker[]> {
  const numbers = await freePorts(count * PORTS)
  const nodes = Array.from({ length: count }, (_, index): ClusterNode => {
    return { id: index + 1, ports: portsOf(numbers.slice(index * PORTS, (index + 1) * PORTS)) }
  })
  const voters = nodes.map(({ id, ports }) => `${id}@127.0.0.1:${ports.controller}`).join(',')
  const started = nodes.map((node) =>
    startBroker({
      node,
      ...(log && { log }),
      settings: { ...shared(count, voters), 'node.id': String(node.id), ...settings },
    }),
  )
  const outcomes = await Promise.allSettled(started)
  const failed = outcomes.find(({ status }) => status === 'rejected')
  const brokers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (failed === undefined) return brokers
  await Promise.all(brokers.map((broker) => broker.close()))
  throw (failed as PromiseRejectedResult).reason
}

function shared(count: number, voters: string): Record<string, string> {
  const replicas = String(count)
  return {
    'controller.quorum.voters': voters,
    'default.replication.factor': replicas,
    'min.insync.replicas': String(Math.max(1, count - 1)),
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'share.coordinator.state.topic.replication.factor': replicas,
  }
}
