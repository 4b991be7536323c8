import type { TestProject } from 'vitest/node'
import { missing, startBroker } from '../../testing/broker/broker.ts'
import { messageOf } from '../../src/errors.ts'
import type {} from '../services/kafka.ts' // types of the provided values

/** One broker for the whole run. Without the tools for it the gate's tests fail; elsewhere they are left out. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const lacking = missing()
  if (lacking !== undefined) return leaveOut(project, lacking)
  try {
    const broker = await startBroker()
    const { addresses, ca, client, user } = broker
    project.provide('kafka', { addresses, ca, client, user })
    return () => broker.close()
  } catch (thrown) {
    return leaveOut(project, messageOf(thrown))
  }
}

function leaveOut(project: TestProject, why: string): undefined {
  process.stderr.write(`left out: the tests with Kafka: ${why}\n`)
  project.provide('kafka', { why })
}
