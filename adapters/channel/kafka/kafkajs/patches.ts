import Broker from 'kafkajs/src/broker/index.js'
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js'
import OffsetManager from 'kafkajs/src/consumer/offsetManager/index.js'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import Decoder from 'kafkajs/src/protocol/decoder.js'
import { hideAborted } from './aborted.ts'
import type { Fetched } from './aborted.ts'
import type { Former } from './former.ts'
import { gathered } from './headers.ts'
import type { Header } from './headers.ts'

// kafkajs 2.2.4 mended from the inside, for this process: decision 0010 says why, case by case.

// With nothing pending there is nothing to look at again: kafkajs sets a timer of 1 ms all the same, on every connection, which
// costs an idle service some percent of a core, and a warning of Node's.
const queue = RequestQueue.prototype as { scheduleCheckPendingRequests: (this: RequestQueue) => void }
const schedule = queue.scheduleCheckPendingRequests
queue.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) schedule.call(this)
}

const brokers = Broker.prototype as {
  fetch: (this: Broker, request: unknown) => Promise<Fetched>
  joinGroup: (this: Broker, request: Joining) => Promise<unknown>
  heartbeat: (this: Broker, request: unknown) => Promise<unknown>
}
const { fetch, joinGroup, heartbeat } = brokers

// A member without an id is a new one: what this client's last one has left behind is cleared away first.
interface Joining {
  readonly groupId: string
  readonly memberId?: string
}
const formers = new WeakMap<object, Former>()

/** Brokers whose sockets this function makes belong to a client with these former members. */
export function leavesFor(socketFactory: object, former: Former): void {
  formers.set(socketFactory, former)
}

brokers.joinGroup = async function (request) {
  const former = formers.get(this.connectionPool.socketFactory)
  if (request.memberId === '') await former?.leave(this, request.groupId)
  return joinGroup.call(this, request)
}

// A coordinator whose connection is lost may be another one in a moment: kafkajs would ask the one it has until it gives up, and the
// membership with it. Told that it is no coordinator, it looks for it and joins again under the id that it has.
brokers.heartbeat = async function (request) {
  try {
    return await heartbeat.call(this, request)
  } catch (thrown) {
    if (!isNamed(thrown, LOST)) throw thrown
    throw Object.assign(thrown as Error, { type: 'NOT_COORDINATOR_FOR_GROUP' })
  }
}

const SILENT: ReadonlySet<unknown> = new Set(['KafkaJSRequestTimeoutError'])
const LOST: ReadonlySet<unknown> = new Set(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', ...SILENT])

function isNamed(thrown: unknown, names: ReadonlySet<unknown>): boolean {
  return names.has((thrown as { readonly name?: unknown } | undefined)?.name)
}

// Commits go to the broker that was the coordinator when the group was joined last. One that is lost, or is it no longer, is found under
// its own id again, or not at all: from then on nothing is committed. So the coordinator is asked for anew.
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

// Several fetches that meet a leader which has moved join the group anew, each by itself and at the same time: the offsets of one
// generation may then be committed under another, and be refused from then on. Whoever comes second waits for the first.
const groups = ConsumerGroup.prototype as { joinAndSync: (this: ConsumerGroup) => Promise<unknown> }
const { joinAndSync } = groups
const joining = new WeakMap<object, Promise<unknown>>()
groups.joinAndSync = function () {
  const under = joining.get(this) ?? joinAndSync.call(this).finally(() => joining.delete(this))
  joining.set(this, under)
  return under
}

// A broker that does not answer may have lost its partitions to another: kafkajs asks about that only where it has not found the broker.
brokers.fetch = async function (request) {
  try {
    const fetched = await fetch.call(this, request)
    hideAborted(fetched)
    return fetched
  } catch (thrown) {
    throw isNamed(thrown, SILENT) ? Object.assign(thrown as Error, { name: 'KafkaJSBrokerNotFound' }) : thrown
  }
}

// Only headers of records are such arrays, and all that is done with one is to reduce it to an object. kafkajs's way takes minutes for
// a record of a megabyte that is nothing but headers, on the thread of events.
const decoders = Decoder.prototype as { readVarIntArray: (this: Decoder, read: (from: Decoder) => Header) => unknown }
const readHeaders = decoders.readVarIntArray
decoders.readVarIntArray = function (read) {
  const list = readHeaders.call(this, read) as readonly Header[]
  return { reduce: () => gathered(list) }
}
