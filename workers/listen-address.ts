import { lookup } from 'node:dns/promises'
import type { Environment } from '../src/config/environment.ts'
import type { Log } from '../src/ports/runtime.ts'

/** The address that a server listens on. */
export interface ListenAddress {
  /** An IP address, such as `::`, `0.0.0.0`, `127.0.0.1`; or `*`. */
  readonly host: string
  readonly port: number
}

/** The IP address of a host name, so that the log shows the address that is used. Rejects where the name is unknown. */
export async function resolveHost(host: string | undefined): Promise<string | undefined> {
  return host === undefined ? undefined : (await lookup(host)).address
}

const ALL_INTERFACES = new Set(['::', '0.0.0.0', '*'])

/** The fields of the log line: a URL that works on this machine, and the address that the server listens on. */
export function describeAddress({ host, port }: ListenAddress): { readonly url: string; readonly address: string } {
  const literal = host.includes(':') ? `[${host}]` : host
  return { url: `http://${ALL_INTERFACES.has(host) ? 'localhost' : literal}:${port}`, address: `${literal}:${port}` }
}

/** Warns of a service on all interfaces without `API_TOKEN` (C1.3). */
export function warnIfPublic(log: Log, { host }: ListenAddress, { apiToken }: Environment): void {
  if (!ALL_INTERFACES.has(host) || apiToken !== undefined) return
  log.write('service.open', { host })
}
