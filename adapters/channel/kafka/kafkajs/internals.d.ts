/** Inside of kafkajs 2.2.4: the requests of one connection. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    readonly pending: readonly unknown[]
    scheduleCheckPendingRequests(): void
  }
}

/** The same: what is asked of one broker. */
declare module 'kafkajs/src/broker/index.js' {
  export default class Broker {
    readonly connectionPool: { readonly socketFactory: object }
    fetch(request: unknown): Promise<import('./aborted.ts').Fetched>
    joinGroup(request: unknown): Promise<unknown>
    heartbeat(request: unknown): Promise<unknown>
    leaveGroup(request: unknown): Promise<unknown>
    isConnected(): boolean
  }
}

/** The same: reads an answer of a broker. */
declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    readVarIntArray(read: (from: Decoder) => unknown): unknown
  }
}

/** The same: a member's side of its group. */
declare module 'kafkajs/src/consumer/consumerGroup.js' {
  export default class ConsumerGroup {
    joinAndSync(): Promise<unknown>
  }
}

/** The same: what a member commits, and where it reads on. */
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
