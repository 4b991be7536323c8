import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { v7 } from 'uuid'
import { canonical } from '../codec/canonical-json.ts'
import type { Metadata } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

/** A UUIDv7 made of the host's clock and chance, so that a simulated host makes the same ones again. */
export function freshId(runtime: Runtime): string {
  return v7({ msecs: runtime.wallClock(), random: randomBytes(runtime), seq: Math.floor(runtime.random() * 2 ** 31) })
}

/** Names writes (P6): a word by chance for whoever writes, and a number for each. */
export function writeIds(runtime: Runtime): () => string {
  const writer = word(runtime) + word(runtime)
  let count = 0
  return () => `${writer}.${(count++).toString(36)}`
}

/** The id of the saga that this idempotency key creates, now and at every repeat (P8): 128 bits of a SHA-256. */
export function idFromKey(key: string): string {
  return bytesToHex(sha256(utf8ToBytes(`saga/${key}`)).subarray(0, 16))
}

/** Ends as every id does that `freshId` or `idFromKey` has made, whatever the prefix was then. */
export function mayBeOurs(id: string): boolean {
  return HASH.test(id.slice(-32)) || UUID.test(id.slice(-36))
}

const HASH = /^[\da-f]{32}$/
const UUID = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/** Of what a creation asked for, as JSON values: neither white space nor the order of keys counts (P8). */
export function fingerprintOf(entity: string, metadata: Metadata): string {
  return `2:${digest(canonical([entity, metadata]))}`
}

/** As it was made before: the order of keys counted. Sagas that were created then keep it. */
export function formerFingerprintOf(entity: string, metadata: Metadata): string {
  return digest(JSON.stringify([entity, metadata]))
}

function digest(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 16))
}

function randomBytes(runtime: Runtime): Uint8Array {
  const bytes = new Uint8Array(16)
  for (let at = 0; at < 16; at += 4) {
    const bits = Math.floor(runtime.random() * 2 ** 32)
    bytes[at] = bits & 0xff
    bytes[at + 1] = (bits >>> 8) & 0xff
    bytes[at + 2] = (bits >>> 16) & 0xff
    bytes[at + 3] = bits >>> 24
  }
  return bytes
}

function word(runtime: Runtime): string {
  return Math.floor(runtime.random() * 2 ** 48)
    .toString(36)
    .padStart(10, '0')
}
