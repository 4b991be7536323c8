import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { missing, startBroker } from '../../../testing/broker/broker.ts'
import { isOnPath } from '../../../testing/broker/tools.ts'
import { ServiceClient } from '../../../testing/load/service-client.ts'
import { invitation } from '../invitation.ts'
import { ownFolder, startDemoService } from '../demo-service.ts'
import type { SummaryLine, DemoStage } from '../stage.ts'
import { writeKafkaExample } from './example.ts'
import { Follower } from './follower.ts'
import { groupOf, startParticipant } from './participants.ts'
import { expectedState, reservation } from './reservation.ts'
import { DemoTopics } from './topics.ts'

const PARTICIPANTS = ['validation', 'check'] as const
/** Milliseconds to wait until the lag is 0, since commits follow the events. */
const CAUGHT_UP = 5_000

/** A broker, the service, and the two participants of examples/kafka. */
export async function openStage(atOnce: number): Promise<DemoStage> {
  const lacking = missing()
  if (lacking !== undefined)
    throw new Error(`${lacking}${isOnPath('docker') ? `; or use compose.yaml: ${COMPOSE}` : ''}`)
  process.stdout.write('Starting Apache Kafka. Maven downloads its jars the first time, about 40 MB.\n')
  const broker = await startBroker()
  const address = broker.addresses.plaintext
  const folder = ownFolder()
  const example = writeKafkaExample(folder, address)
  const { commands, events, group } = example
  const topics = new DemoTopics(address)
  await topics.create([commands, events])
  for (const name of PARTICIPANTS) await topics.beginAtStart(groupOf(name), commands)
  const participants = PARTICIPANTS.map((name) => startParticipant(name, { broker: address, commands, events, folder }))
  const service = await startDemoService('kafka', folder, example)
  const door = new ServiceClient(service.url, 2 * atOnce)
  return {
    reservation,
    expectedState,
    service,
    door,
    lead: new Follower(door).lead,
    async figures(): Promise<SummaryLine[]> {
      const [all, different] = [await topics.count(commands), await topics.keys(commands)]
      return [
        ['commands', `${different} sent, ${all - different} sent again`],
        [
          'events',
          `${await topics.count(events)} taken in, lag of the group "${group}" ${await lagOf(topics, group, events)}`,
        ],
      ]
    },
    invitation: () => invitation(service.url, `Kafka on ${address}`, '  Ctrl-C stops all of them.'),
    next: () => ['  The same in containers: docker compose up --build'],
    async close() {
      await door.close()
      await service.stop().catch(() => undefined) // it may have exited: a terminal interrupts the whole process group
      await Promise.all(participants.map((participant) => participant.stop()))
      await topics.close().catch(() => undefined)
      await broker.close()
    },
  }
}

const COMPOSE = 'docker compose up --build'

async function lagOf(topics: DemoTopics, group: string, topic: string): Promise<number> {
  for (const until = performance.now() + CAUGHT_UP; ; await sleep(100)) {
    const lag = await topics.lag(group, topic)
    if (lag === 0 || performance.now() > until) return lag
  }
}
