/** The checksum of LZ4 frames: xxHash32 with seed 0. */
export function xxh32(bytes: Buffer): number {
  let at = 0
  let sum = P5
  if (bytes.length >= 16) {
    const lanes = [P1 + P2, P2, 0, -P1] as [number, number, number, number]
    for (; at + 16 <= bytes.length; at += 16) {
      lanes[0] = round(lanes[0], bytes.readUInt32LE(at))
      lanes[1] = round(lanes[1], bytes.readUInt32LE(at + 4))
      lanes[2] = round(lanes[2], bytes.readUInt32LE(at + 8))
      lanes[3] = round(lanes[3], bytes.readUInt32LE(at + 12))
    }
    sum = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18)
  }
  sum = (sum + bytes.length) | 0
  for (; at + 4 <= bytes.length; at += 4) {
    sum = Math.imul(rotate((sum + Math.imul(bytes.readUInt32LE(at), P3)) | 0, 17), P4)
  }
  for (; at < bytes.length; at++) sum = Math.imul(rotate((sum + Math.imul(bytes.readUInt8(at), P5)) | 0, 11), P1)
  return mix(sum)
}

const P1 = 0x9e3779b1
const P2 = 0x85ebca77
const P3 = 0xc2b2ae3d
const P4 = 0x27d4eb2f
const P5 = 0x165667b1

function round(lane: number, value: number): number {
  return Math.imul(rotate((lane + Math.imul(value, P2)) | 0, 13), P1)
}

function mix(sum: number): number {
  const first = Math.imul(sum ^ (sum >>> 15), P2)
  const second = Math.imul(first ^ (first >>> 13), P3)
  return (second ^ (second >>> 16)) >>> 0
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
