import type { Finding } from './problem.ts'
import { Secret } from './secret.ts'
import { formatPath, get, type JsonObject } from './json-tree.ts'

interface Address {
  readonly key: string
  readonly example: string
  readonly look: (text: string) => boolean
}

const ADDRESSES: Readonly<Record<string, Address>> = {
  mongo: {
    key: 'connectionUri',
    example: 'mongodb://user:password@host:27017/database',
    look: (text) => /^mongodb(?:\+srv)?:\/\/[^/]/.test(text), // it may name several hosts, which no URL does
  },
  redis: {
    key: 'url',
    example: 'redis://user:password@host:6379/0',
    look: (text) => /^rediss?:\/\/./.test(text) && URL.canParse(text),
  },
  'upstash-redis': {
    key: 'url',
    example: 'https://name.upstash.io',
    look: (text) => /^https?:\/\/./.test(text) && URL.canParse(text),
  },
}

/** A store whose address is none: the store will refuse it, and cannot say where it stands. What it is stays untold (C2.6). */
export function oddAddress(tree: JsonObject): readonly Finding[] {
  const store = tree['persistencyManagement']
  const type = get(store, 'type')
  const address = typeof type === 'string' ? (get(ADDRESSES, type) as Address | undefined) : undefined
  if (address === undefined) return []
  const written = get(get(store, 'configurations'), address.key)
  const text = written instanceof Secret ? written.reveal() : written
  if (typeof text !== 'string' || text === '' || address.look(text.trim())) return []
  const path = formatPath(['persistencyManagement', 'configurations', address.key])
  return [{ path, reason: `is no address such as "${address.example}", so the store cannot be opened` }]
}
