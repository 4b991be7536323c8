import { setTimeout as sleep } from 'node:timers/promises'
import Broker from 'kafkajs/src/broker/index.js'
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js'
import OffsetManager from 'kafkajs/src/consumer/offsetManager/index.js'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import Decoder from 'kafkajs/src/protocol/decoder.js'
import { hideAborted } from './aborted-transactions.ts'
import type { FetchResponse } from './aborted-transactions.ts'
import { headersByName } from './headers.ts'
import type { RecordHeader } from './headers.ts'
import type { StaleMembers } from './stale-members.ts'

// Patches of prototypes of kafkajs 2.2.4, for the whole process. Decision 0010 has the reason of each.

// kafkajs sets a timer of 1 ms on every connection even with no request pending: an idle service would use some percent of a core, and
// Node would warn.
const queue = RequestQueue.prototype as { scheduleCheckPendingRequests: (this: RequestQueue) => void }
const schedule = queue.scheduleCheckPendingRequests
queue.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) schedule.call(this)
}

const brokers = Broker.prototype as {
  fetch: (this: Broker, request: unknown) => Promise<FetchResponse>
  joinGroup: (this: Broker, request: JoinRequest) => Promise<unknown>
  heartbeat: (this: Broker, request: unknown) => Promise<unknown>
}
const { fetch, joinGroup, heartbeat } = brokers

// A join without a member id is a new membership: the stale members of the same client leave first.
interface JoinRequest {
  readonly groupId: string
  readonly memberId?: string
}
const staleMembersOf = new WeakMap<object, StaleMembers>()

/** Before a join over sockets of this factory, these members leave the group. */
export function removeStaleMembersFor(socketFactory: object, members: StaleMembers): void {
  staleMembersOf.set(socketFactory, members)
}

brokers.joinGroup = async function (request) {
  const members = staleMembersOf.get(this.connectionPool.socketFactory)
  if (request.memberId === '') await members?.leave(this, request.groupId)
  return joinGroup.call(this, request)
}

// After a lost connection kafkajs asks the same coordinator until it gives up, and the membership ends. The error type "not the
// coordinator" makes it look for the present coordinator and join again under the same member id.
brokers.heartbeat = async function (request) {
  try {
    return await heartbeat.call(this, request)
  } catch (thrown) {
    if (!isNamed(thrown, CONNECTION_LOST)) throw thrown
    throw Object.assign(thrown as Error, { type: 'NOT_COORDINATOR_FOR_GROUP' })
  }
}

const TIMED_OUT: ReadonlySet<unknown> = new Set(['KafkaJSRequestTimeoutError'])
const CONNECTION_LOST: ReadonlySet<unknown> = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  ...TIMED_OUT,
])

function isNamed(thrown: unknown, names: ReadonlySet<unknown>): boolean {
  return names.has((thrown as { readonly name?: unknown } | undefined)?.name)
}

// kafkajs commits to the coordinator of the last join for ever, even after that broker has lost the role or has left the cluster, so
// nothing is committed from then on. The coordinator is asked for again.
const offsets = OffsetManager.prototype as {
  getCoordinator: (this: OffsetManager) => Promise<Broker>
  commitOffsets: (this: OffsetManager, positions: unknown) => Promise<void>
}
const { commitOffsets } = offsets
offsets.getCoordinator = async function () {
  const { cluster, groupId } = this
  if (!this.coordinator.isConnected()) this.coordinator = await cluster.findGroupCoordinator({ groupId })
  return this.coordinator
}
offsets.commitOffsets = async function (positions) {
  try {
    await commitOffsets.call(this, positions)
  } catch (thrown) {
    const { cluster, groupId } = this
    if ((thrown as { readonly type?: unknown }).type === 'NOT_COORDINATOR_FOR_GROUP')
      this.coordinator = await cluster.findGroupCoordinator({ groupId }).catch(() => this.coordinator)
    throw thrown
  }
}

// Several fetches that meet a moved leader each join the group at the same time. Offsets of one generation could then be committed under
// another and be refused from then on. All of them share one join.
const groups = ConsumerGroup.prototype as {
  joinAndSync: (this: ConsumerGroup) => Promise<unknown>
  recoverFromFetch: (this: ConsumerGroup, thrown: unknown) => Promise<void>
}
const { joinAndSync, recoverFromFetch } = groups
const joins = new WeakMap<object, Promise<unknown>>()
groups.joinAndSync = function () {
  const join = joins.get(this) ?? joinAndSync.call(this).finally(() => joins.delete(this))
  joins.set(this, join)
  return join
}

// A fetch that meets a moved leader joins the group at once, again and again until the metadata are new: twenty and more rebalances a second for
// all members. Such joins of one member have a gap, unless one is under way, which they share.
const JOIN_GAP = 500
const JOINING_ERRORS: ReadonlySet<unknown> = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'KafkaJSTopicMetadataNotLoaded',
  'KafkaJSStaleTopicMetadataAssignment',
])
const ownJoins = new WeakMap<object, number>()
groups.recoverFromFetch = async function (thrown) {
  const { type, name } = (thrown ?? {}) as { readonly type?: unknown; readonly name?: unknown }
  if ((JOINING_ERRORS.has(type) || JOINING_ERRORS.has(name)) && !joins.has(this)) {
    const wait = (ownJoins.get(this) ?? Number.NEGATIVE_INFINITY) + JOIN_GAP - performance.now()
    if (wait > 0) await sleep(wait)
    ownJoins.set(this, performance.now())
  }
  return recoverFromFetch.call(this, thrown)
}

// A broker that does not answer may no longer lead its partitions. kafkajs fetches new metadata only after "broker not found".
brokers.fetch = async function (request) {
  try {
    const fetched = await fetch.call(this, request)
    hideAborted(fetched)
    return fetched
  } catch (thrown) {
    throw isNamed(thrown, TIMED_OUT) ? Object.assign(thrown as Error, { name: 'KafkaJSBrokerNotFound' }) : thrown
  }
}

// kafkajs reduces the headers of a record in quadratic time: a megabyte of headers blocks the thread of events for minutes. It calls
// `readVarIntArray` for headers only, and only `reduce` on the result.
const decoders = Decoder.prototype as {
  readVarIntArray: (this: Decoder, read: (from: Decoder) => RecordHeader) => unknown
}
const readHeaders = decoders.readVarIntArray
decoders.readVarIntArray = function (read) {
  const list = readHeaders.call(this, read) as readonly RecordHeader[]
  return { reduce: () => headersByName(list) }
}
