import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { v7 } from 'uuid'
import { canonical } from '../codec/canonical-json.ts'
import type { Metadata } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { SagaAction } from './operators/saga-operation.ts'

/** A UUIDv7 of the runtime's clock and randomness, so that a simulation repeats it. */
export function freshId(runtime: Runtime): string {
  return v7({ msecs: runtime.wallClock(), random: randomBytes(runtime), seq: Math.floor(runtime.random() * 2 ** 31) })
}

/** Makes write ids (P6): a random word for this writer, and a count. */
export function writeIds(runtime: Runtime): () => string {
  const writer = word(runtime) + word(runtime)
  let count = 0
  return () => `${writer}.${(count++).toString(36)}`
}

/** Id of the saga that an idempotency key creates, the same at every repeat (P8): 128 bits of a SHA-256. */
export function idFromKey(key: string): string {
  return bytesToHex(sha256(utf8ToBytes(`saga/${key}`)).subarray(0, 16))
}

/** True if an id ends like those of `freshId` or `idFromKey`; the prefix may have been another one then. */
export function mayBeOurs(id: string): boolean {
  return HASH.test(id.slice(-32)) || UUID.test(id.slice(-36))
}

const HASH = /^[\da-f]{32}$/
const UUID = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/** Fingerprint of a creation's body as JSON values: white space and the order of keys do not count (P8). */
export function fingerprintOf(entity: string, metadata: Metadata): string {
  return `2:${digest(canonical([entity, metadata]))}`
}

/** Fingerprint of earlier versions, in which the order of keys counts; sagas of that time keep it. */
export function formerFingerprintOf(entity: string, metadata: Metadata): string {
  return digest(JSON.stringify([entity, metadata]))
}

/** Fingerprint of an operator's action with its arguments (P25): absent arguments and the order of keys do not count. */
export function actionFingerprintOf(action: SagaAction): string {
  const present = Object.entries(action).filter(([, value]) => value !== undefined)
  return digest(canonical(Object.fromEntries(present))).slice(0, 16)
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

/** A random word of ten letters and digits, for names of processes and writers. */
export function word(runtime: Runtime): string {
  return Math.floor(runtime.random() * 2 ** 48)
    .toString(36)
    .padStart(10, '0')
}
