const M = 0x5bd1e995
const SEED = 0x9747b28c

/** Kafka's hash of a record's key, in linear time. kafkajs's own takes minutes for a key of a megabyte. */
export function murmur2(key: Uint8Array): number {
  const whole = key.length & ~3
  const view = new DataView(key.buffer, key.byteOffset, key.length)
  let hash = SEED ^ key.length
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(view.getInt32(at, true), M)
    word = Math.imul(word ^ (word >>> 24), M)
    hash = Math.imul(hash, M) ^ word
  }
  const left = key.length - whole
  if (left > 2) hash ^= (key[whole + 2] as number) << 16
  if (left > 1) hash ^= (key[whole + 1] as number) << 8
  if (left > 0) hash = Math.imul(hash ^ (key[whole] as number), M)
  hash = Math.imul(hash ^ (hash >>> 13), M)
  return hash ^ (hash >>> 15)
}
