import type { MongoClient } from 'mongodb'
import { sleep } from '../../timing.ts'
import { answeredWithin } from './answered-within.ts'

/** Milliseconds that a heartbeat may exceed its time-outs. */
const MARGIN = 500

/**
 * Reconnects a client whose heartbeat does not end. Driver 7.9 may lose a command whose connection closes while it is written
 * (`Connection.writeCommand`): that command never ends, whatever its time-out. For a heartbeat it means that the server is
 * never asked again and every call fails.
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

  /** Closes the client, also in the middle of a reconnection. */
  async close(): Promise<void> {
    this.#closing = true
    for (const server of this.#begun.keys()) this.#end(server)
    await this.#leave()
    await this.#renewing
  }

  #begin(server: string, isAwaited: boolean): void {
    this.#end(server)
    if (this.#closing) return
    // The heartbeat first connects where it has no connection; an awaited one lasts as long as the interval between
    // two.
    const longest = this.#connect + (isAwaited ? this.#client.options.heartbeatFrequencyMS : this.#connect)
    // After a pause of the process the answer may be there already and only needs to be read.
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

  /**
   * Closes the client within bounds: the command that ends its sessions may be lost too, and then the server ends them.
   */
  async #leave(): Promise<void> {
    await answeredWithin(this.#connect + MARGIN, this.#client.close()).catch(() => undefined)
  }
}
