// Types of internal modules of kafkajs 2.2.4, as far as patches.ts uses them.

/** The requests of one connection. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    readonly pending: readonly unknown[]
    scheduleCheckPendingRequests(): void
  }
}

/** The requests to one broker. */
declare module 'kafkajs/src/broker/index.js' {
  export default class Broker {
    readonly connectionPool: { readonly socketFactory: object }
    fetch(request: unknown): Promise<import('./aborted-transactions.ts').FetchResponse>
    joinGroup(request: unknown): Promise<unknown>
    heartbeat(request: unknown): Promise<unknown>
    leaveGroup(request: unknown): Promise<unknown>
    isConnected(): boolean
  }
}

/** The decoder of a broker's answer. */
declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    readVarIntArray(read: (from: Decoder) => unknown): unknown
  }
}

/** A member's side of its group. */
declare module 'kafkajs/src/consumer/consumerGroup.js' {
  export default class ConsumerGroup {
    joinAndSync(): Promise<unknown>
    recoverFromFetch(thrown: unknown): Promise<void>
  }
}

/** The offsets that a member commits and reads from. */
declare module 'kafkajs/src/consumer/offsetManager/index.js' {
  import type Broker from 'kafkajs/src/broker/index.js'
  export default class OffsetManager {
    coordinator: Broker
    readonly groupId: string
    readonly cluster: { findGroupCoordinator(group: { readonly groupId: string }): Promise<Broker> }
    getCoordinator(): Promise<Broker>
    commitOffsets(positions: unknown): Promise<void>
  }
}
