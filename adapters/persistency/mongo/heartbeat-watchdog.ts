import type { MongoClient } from 'mongodb'
import { sleep } from '../../timing.ts'
import { answeredWithin } from './answered-within.ts'

/** Milliseconds that a heartbeat has beside its time-outs. */
const MARGIN = 500

/**
 * Driver 7.9 may lose a command whose connection goes at the moment when it is written (`Connection.writeCommand`): it never
 * ends, whatever its time-out. Of a heartbeat that means that the server is never asked again, and nobody is served. So a
 * client whose heartbeat does not end is closed and connected anew.
 */
export class HeartbeatWatchdog {
  readonly #client: MongoClient
  readonly #connect: number
  readonly #begun = new Map<string, ReturnType<typeof setTimeout>>()
  #closing = false
  #renewing: Promise<void> | undefined

  constructor(client: MongoClient, connect: number) {
    this.#client = client
    this.#connect = connect
    client.on('serverHeartbeatStarted', ({ connectionId, awaited }) => this.#begin(connectionId, awaited))
    client.on('serverHeartbeatSucceeded', ({ connectionId }) => this.#end(connectionId))
    client.on('serverHeartbeatFailed', ({ connectionId }) => this.#end(connectionId))
    client.on('serverClosed', ({ address }) => this.#end(address))
  }

  /** Of the client, whatever becomes of it meanwhile. */
  async close(): Promise<void> {
    this.#closing = true
    for (const server of this.#begun.keys()) this.#end(server)
    await this.#leave()
    await this.#renewing
  }

  #begin(server: string, isAwaited: boolean): void {
    this.#end(server)
    if (this.#closing) return
    // Without a connection it makes one first; one that waits for news takes as long as there is between two.
    const longest = this.#connect + (isAwaited ? this.#client.options.heartbeatFrequencyMS : this.#connect)
    // Where the process itself stood still, the answer is there already and only has to be read.
    const timer = setTimeout(() => setImmediate(() => this.#judge(server, timer)), longest + MARGIN)
    timer.unref()
    this.#begun.set(server, timer)
  }

  #judge(server: string, timer: NodeJS.Timeout): void {
    if (this.#begun.get(server) === timer) this.#renewing ??= this.#renew().finally(() => (this.#renewing = undefined))
  }

  #end(server: string): void {
    clearTimeout(this.#begun.get(server))
    this.#begun.delete(server)
  }

  async #renew(): Promise<void> {
    for (let isConnected = false; !isConnected && !this.#closing;) {
      await this.#leave()
      isConnected = await this.#client.connect().then(
        () => true,
        () => sleep(this.#connect).then(() => false),
      )
    }
    if (this.#closing) await this.#leave()
  }

  /** Sessions are ended by a command, which may be lost like any other: then the rest of it is left to the server. */
  async #leave(): Promise<void> {
    await answeredWithin(this.#connect + MARGIN, this.#client.close()).catch(() => undefined)
  }
}
