import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { classArchive } from './archive.ts'
import type { Certificates } from './certificates.ts'
import { end, launch } from './process.ts'
import { type Advertised, type Listener, LISTENERS, USER } from './properties.ts'
import { layOut, type Node, type Site } from './site.ts'
import { missing } from './tools.ts'

export { missing }

/** An Apache Kafka broker of its own, on the loopback, with one folder that has everything. */
export interface Broker {
  /** Of the one that runs, or ran last. */
  readonly pid: number
  /** host:port of each listener. */
  readonly addresses: Readonly<Record<Listener, string>>
  /** PEM of the authority that has signed the server's certificate and the client's. */
  readonly ca: string
  /** PEM for mutual TLS. */
  readonly client: { readonly key: string; readonly cert: string }
  /** Known by PLAIN and by both SCRAMs. */
  readonly user: { readonly username: string; readonly password: string }
  /** SIGTERM, and SIGKILL when it takes too long. Resolves when it is gone. */
  stop(): Promise<void>
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>
  /** Ready again, on the same ports with the same data. Whoever still runs is stopped first. */
  restart(): Promise<void>
  /** The end: gone, and its folder removed. */
  close(): Promise<void>
}

export interface BrokerOptions {
  /** Gets every line that the broker writes. */
  readonly log?: (line: string) => void
  /** host:port that clients are told in place of a listener's own: those of a proxy. */
  readonly advertised?: Advertised
  /** Lines of server.properties over those that it has anyway. */
  readonly settings?: Readonly<Record<string, string>>
  /** Of a cluster that it belongs to. */
  readonly node?: Node
}

/** A broker that takes connections. Closes with this process, if nobody closes it before. */
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
  readonly addresses: Readonly<Record<Listener, string>>
  readonly ca: string
  readonly client: Certificates['client']
  readonly user: typeof USER = USER
  readonly #folder: string
  readonly #start: () => Promise<ChildProcess>
  #child: ChildProcess

  private constructor({ folder, ports, certificates }: Site, start: () => Promise<ChildProcess>, child: ChildProcess) {
    const addresses = LISTENERS.map((listener) => [listener, `127.0.0.1:${ports[listener]}`])
    this.addresses = Object.fromEntries(addresses) as Record<Listener, string>
    this.ca = certificates.ca
    this.client = certificates.client
    this.#folder = folder
    this.#start = start
    this.#child = child
    process.once('exit', this.#leave)
  }

  static async start(folder: string, { log, advertised, settings, node }: BrokerOptions): Promise<LocalBroker> {
    const archive = await classArchive()
    const site = await layOut(folder, advertised, settings, node)
    const start = () => launch(site.command(`-XX:SharedArchiveFile=${archive}`), log)
    return new LocalBroker(site, start, await start())
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

  /** Of a process that ends without having closed it. */
  #leave = (): void => {
    this.#child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
