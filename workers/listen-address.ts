import { lookup } from 'node:dns/promises'
import type { Environment } from '../src/config/environment.ts'
import type { Log } from '../src/ports/runtime.ts'

/** Where a host's server listens. */
export interface ListenAddress {
  /** As the system names it: `::`, `0.0.0.0`, `127.0.0.1` … */
  readonly host: string
  readonly port: number
}

/** The address of a name, so that what is listened on is what the log says; rejects where nobody knows it. */
export async function resolveHost(host: string | undefined): Promise<string | undefined> {
  return host === undefined ? undefined : (await lookup(host)).address
}

const ALL_INTERFACES = new Set(['::', '0.0.0.0', '*'])

/** For people and programs: a URL that leads there from this machine, and what is really listened on. */
export function describeAddress({ host, port }: ListenAddress): { readonly url: string; readonly address: string } {
  const literal = host.includes(':') ? `[${host}]` : host
  return { url: `http://${ALL_INTERFACES.has(host) ? 'localhost' : literal}:${port}`, address: `${literal}:${port}` }
}

/** C1.3: whoever reaches this machine reaches the service. */
export function warnIfPublic(log: Log, { host }: ListenAddress, { apiToken }: Environment): void {
  if (!ALL_INTERFACES.has(host) || apiToken !== undefined) return
  log.write('service.open', { host })
}
