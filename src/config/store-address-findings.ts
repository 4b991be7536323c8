import { describeValue } from './describe-value.ts'
import { finding, type Finding } from './finding.ts'
import { formatPath, get, type JsonObject } from './json-tree.ts'
import { Secret } from './secret.ts'

interface StoreAddress {
  readonly key: string
  readonly example: string
  readonly isValid: (text: string) => boolean
}

const ADDRESSES: Readonly<Record<string, StoreAddress>> = {
  mongo: {
    key: 'connectionUri',
    example: 'mongodb://user:password@host:27017/database',
    isValid: (text) => /^mongodb(?:\+srv)?:\/\/[^/]/.test(text), // may name several hosts, so `URL` cannot parse it
  },
  redis: {
    key: 'url',
    example: 'redis://user:password@host:6379/0',
    isValid: (text) => /^rediss?:\/\/./.test(text) && URL.canParse(text),
  },
  'upstash-redis': {
    key: 'url',
    example: 'https://name.upstash.io',
    isValid: (text) => /^https?:\/\/./.test(text) && URL.canParse(text),
  },
}

/** A malformed address of a store. The client of the store would refuse it without its path. The value is not shown (C2.6). */
export function storeAddressFindings(file: JsonObject): readonly Finding[] {
  const store = file['persistencyManagement']
  const type = get(store, 'type')
  const address = typeof type === 'string' ? (get(ADDRESSES, type) as StoreAddress | undefined) : undefined
  if (address === undefined) return []
  const value = get(get(store, 'configurations'), address.key)
  const text = value instanceof Secret ? value.reveal() : value
  if (typeof text !== 'string' || text === '' || address.isValid(text.trim())) return []
  const path = ['persistencyManagement', 'configurations', address.key]
  const expected = `an address such as "${address.example}"; with another one the store cannot be opened`
  return [finding('store.malformed', { path: formatPath(path), found: describeValue(value, path), expected })]
}
