import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { classArchive } from './archive.ts'
import type { Certificates } from './certificates.ts'
import { end, launch } from './process.ts'
import { type Advertised, type ListenerName, LISTENERS, USER } from './properties.ts'
import { type BrokerFolder, type ClusterNode, makeBrokerFolder } from './broker-folder.ts'
import { missing } from './tools.ts'

export { missing }

/** A real Apache Kafka broker on the loopback, with all its files in one temporary folder. */
export interface Broker {
  /** Process id of the present or the last process. */
  readonly pid: number
  /** host:port of each listener. */
  readonly addresses: Readonly<Record<ListenerName, string>>
  /** PEM of the authority of the server's and the client's certificate. */
  readonly ca: string
  /** PEM for mutual TLS. */
  readonly client: { readonly key: string; readonly cert: string }
  /** A user for PLAIN and both SCRAMs. */
  readonly user: { readonly username: string; readonly password: string }
  /** SIGTERM, then SIGKILL after 20 s. Resolves when the process has ended. */
  stop(): Promise<void>
  /** SIGKILL. Resolves when the process has ended. */
  kill(): Promise<void>
  /** Stops it if it runs, and starts it on the same ports with the same data. Resolves when it is ready. */
  restart(): Promise<void>
  /** Kills it and removes its folder. */
  close(): Promise<void>
}

/** Options of `startBroker`. */
export interface BrokerOptions {
  /** Called with every line that the broker writes. */
  readonly log?: (line: string) => void
  /** host:port that clients are given instead of a listener's own, such as those of a proxy. */
  readonly advertised?: Advertised
  /** Additional lines of server.properties; they override the fixed ones. */
  readonly settings?: Readonly<Record<string, string>>
  /** Set for a node of a cluster. */
  readonly node?: ClusterNode
}

/** Starts a broker. Resolves when it accepts connections. It is closed when this process ends, at the latest. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const absent = missing()
  if (absent !== undefined) throw new Error(`start a Kafka broker: ${absent}`)
  const folder = mkdtempSync(join(tmpdir(), 'batuta-kafka-'))
  try {
    return await LocalBroker.start(folder, options)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

class LocalBroker implements Broker {
  readonly addresses: Readonly<Record<ListenerName, string>>
  readonly ca: string
  readonly client: Certificates['client']
  readonly user: typeof USER = USER
  readonly #folder: string
  readonly #start: () => Promise<ChildProcess>
  #child: ChildProcess

  private constructor(
    { folder, ports, certificates }: BrokerFolder,
    start: () => Promise<ChildProcess>,
    child: ChildProcess,
  ) {
    const addresses = LISTENERS.map((listener) => [listener, `127.0.0.1:${ports[listener]}`])
    this.addresses = Object.fromEntries(addresses) as Record<ListenerName, string>
    this.ca = certificates.ca
    this.client = certificates.client
    this.#folder = folder
    this.#start = start
    this.#child = child
    process.once('exit', this.#leave)
  }

  static async start(folder: string, { log, advertised, settings, node }: BrokerOptions): Promise<LocalBroker> {
    const archive = await classArchive()
    const made = await makeBrokerFolder(folder, {
      ...(advertised && { advertised }),
      ...(settings && { settings }),
      ...(node && { node }),
    })
    const start = () => launch(made.command(`-XX:SharedArchiveFile=${archive}`), log)
    return new LocalBroker(made, start, await start())
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  stop(): Promise<void> {
    return end(this.#child, 'SIGTERM')
  }

  kill(): Promise<void> {
    return end(this.#child, 'SIGKILL')
  }

  async restart(): Promise<void> {
    await this.stop()
    this.#child = await this.#start()
  }

  async close(): Promise<void> {
    await this.kill()
    process.off('exit', this.#leave)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Runs when this process ends without `close`. */
  #leave = (): void => {
    this.#child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
