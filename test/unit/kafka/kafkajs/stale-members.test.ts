import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { clientsOf } from '../../../../adapters/channel/kafka/kafkajs/client.ts'
import { StaleMembers } from '../../../../adapters/channel/kafka/kafkajs/stale-members.ts'
import { Secret } from '../../../../src/config/secret.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

/** A coordinator that gives the test's answer to each leave. */
function coordinator(answer: (memberId: string) => Promise<unknown> = async () => undefined) {
  const asked: string[] = []
  return {
    asked,
    leaveGroup({ groupId, memberId }: { readonly groupId: string; readonly memberId: string }) {
      asked.push(`${groupId} ${memberId}`)
      return answer(memberId)
    },
  }
}
const refused = (type: string) => Promise.reject(Object.assign(new Error(type), { type }))

describe('a crashed membership stays in its group', () => {
  test('until the next one leaves in its name, once, and only in its own group', async () => {
    const [former, there] = [new StaleMembers(), coordinator()]
    former.note('flow', 'one')
    former.note('flow', 'two')
    former.note('other', 'three')
    await former.leave(there, 'flow')
    await former.leave(there, 'flow')
    expect(there.asked).toEqual(['flow one', 'flow two'])
  })

  test('an unknown member is not removed again; a coordinator that is not ready is asked again', async () => {
    const former = new StaleMembers()
    former.note('flow', 'gone')
    former.note('flow', 'there')
    const loading = coordinator((member) => refused(member === 'gone' ? 'UNKNOWN_MEMBER_ID' : 'GROUP_LOAD_IN_PROGRESS'))
    await former.leave(loading, 'flow')
    const loaded = coordinator()
    await former.leave(loaded, 'flow')
    expect([loading.asked, loaded.asked]).toEqual([['flow gone', 'flow there'], ['flow there']])
  })
})

describe('patches of kafkajs', () => {
  type Patched = {
    readonly joinGroup: (this: object, request: object) => Promise<unknown>
    readonly heartbeat: (this: object, request: object) => Promise<unknown>
    readonly fetch: (this: object, request: object) => Promise<unknown>
  }
  const Broker = createRequire(import.meta.url)('kafkajs/src/broker/index.js') as { readonly prototype: Patched }
  const { joinGroup, heartbeat, fetch } = Broker.prototype
  const named = (name: string) => Object.assign(new Error(name), { name })

  /** The part of a broker that the two functions use. Every request fails with `thrown`. */
  function brokerOf(thrown: Error) {
    const connection = { brokers: [new Secret('127.0.0.1:1')], authenticationProperties: {} }
    const client = clientsOf(connection, 'test', simulatedRuntime().log)()
    const there = coordinator()
    const lookupRequest = () => {
      throw thrown
    }
    const broker = { ...there, lookupRequest, connectionPool: { socketFactory: client.sockets.make } }
    return { client, there, broker }
  }

  test('a new member removes the stale one before it joins; a member with an id does not', async () => {
    const { client, there, broker } = brokerOf(named('asked'))
    client.staleMembers.note('flow', 'one')
    await expect(joinGroup.call(broker, { groupId: 'flow', memberId: 'one' })).rejects.toThrow('asked')
    expect(there.asked).toEqual([])
    await expect(joinGroup.call(broker, { groupId: 'flow', memberId: '' })).rejects.toThrow('asked')
    expect(there.asked).toEqual(['flow one'])
  })

  test.each([
    ['KafkaJSConnectionError', 'NOT_COORDINATOR_FOR_GROUP'],
    ['KafkaJSConnectionClosedError', 'NOT_COORDINATOR_FOR_GROUP'],
    ['KafkaJSRequestTimeoutError', 'NOT_COORDINATOR_FOR_GROUP'],
    ['TypeError', undefined],
  ])("a heartbeat that fails with %s has the type of its coordinator's state: %s", async (name, type) => {
    const { broker } = brokerOf(named(name))
    const failed = await heartbeat.call(broker, {}).catch((thrown: unknown) => thrown)
    expect(failed).toMatchObject({ name })
    expect((failed as { type?: string }).type).toBe(type)
  })

  test.each([
    ['KafkaJSRequestTimeoutError', 'KafkaJSBrokerNotFound'],
    ['KafkaJSConnectionClosedError', 'KafkaJSConnectionClosedError'],
  ])('a fetch that ends with %s is %s, after which kafkajs fetches metadata', async (name, expected) => {
    const { broker } = brokerOf(named(name))
    await expect(fetch.call(broker, { topics: [] })).rejects.toMatchObject({ name: expected, message: name })
  })
})

describe('the coordinator that offsets are committed to', () => {
  type Offsets = {
    readonly getCoordinator: (this: object) => Promise<unknown>
    readonly commitOffsets: (this: object, positions: object) => Promise<void>
  }
  const OffsetManager = createRequire(import.meta.url)('kafkajs/src/consumer/offsetManager/index.js') as {
    readonly prototype: Offsets
  }
  const { getCoordinator, commitOffsets } = OffsetManager.prototype

  /** Commits through `former` in a group whose coordinator is "next" now. */
  function offsets(former: object) {
    const asked: string[] = []
    const cluster = {
      refreshMetadata: async () => undefined,
      findGroupCoordinator: async ({ groupId }: { readonly groupId: string }) => {
        asked.push(groupId)
        return 'next'
      },
    }
    return { asked, manager: { coordinator: former as unknown, cluster, groupId: 'flow', getCoordinator } }
  }

  test('is asked for again where its connection is lost, and kept otherwise', async () => {
    const lost = offsets({ isConnected: () => false })
    expect(await getCoordinator.call(lost.manager)).toBe('next')
    expect(lost.asked).toEqual(['flow'])
    const there = offsets({ isConnected: () => true })
    expect(await getCoordinator.call(there.manager)).toBe(there.manager.coordinator)
    expect(there.asked).toEqual([])
  })

  test('is asked for again where it has lost the role; the commit rejects', async () => {
    const refusal = Object.assign(new Error('no'), { type: 'NOT_COORDINATOR_FOR_GROUP' })
    const { manager } = offsets({ isConnected: () => true, offsetCommit: () => Promise.reject(refusal) })
    await expect(commitOffsets.call(manager, { topics: [{ topic: 'orders', partitions: [] }] })).rejects.toBe(refusal)
    expect(manager.coordinator).toBe('next')
  })
})
