import type { MongoClient } from 'mongodb'
import type { ServerLabel } from './failure.ts'

/** Secrets of a connection string: all of it, user and password, encoded and decoded; longest first. */
export function secretsOf(uri: string): string[] {
  const userinfo = /^[^/]*\/\/([^@]*)@/s.exec(uri)?.[1] ?? ''
  const password = userinfo.includes(':') ? userinfo.slice(userinfo.indexOf(':') + 1) : ''
  const parts = [uri, userinfo, password]
  return [...new Set([...parts, ...parts.map(decoded)])]
    .filter((part) => part.length > 2)
    .sort((one, other) => other.length - one.length)
}

/** `collection`: with its database. */
export function serverLabelOf(client: MongoClient, collection: string, secrets: readonly string[]): ServerLabel {
  const { hosts, srvHost } = client.options
  const servers = srvHost ?? hosts.map(String).join(',')
  return { shown: `${servers}, ${collection}`, secrets }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
