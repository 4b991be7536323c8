import type { Socket } from 'node:net'

/** The start of an interim answer, `HTTP/1.1 1`; its last byte is the first digit of the status. */
const STATUS_AT = 'HTTP/1.1 '.length
const PREFIX = Buffer.from('HTTP/1.')
const ONE = 0x31
const END = '\r\n\r\n'
/** Bytes of one interim answer, headers included. A longer one is passed to undici, which refuses it. */
const LONGEST = 16_384
const EMPTY = Buffer.alloc(0)

/**
 * Removes interim answers (1xx) from the bytes of a connection. A participant may send any number of them before its answer
 * (RFC 9110, 15.2), and undici destroys the connection at the first `100 Continue`. Only the bytes right after a request are
 * inspected: a connection carries one request at a time, written in one go.
 */
export function withoutInterim<S extends Socket>(socket: S): S {
  const read = socket.read.bind(socket)
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean
  let isAtHead = true
  let held: Buffer = EMPTY

  /** The bytes after the interim answers; `null` while they are, or may still be, part of one. */
  function skip(chunk: Buffer): Buffer | null {
    let bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    while (mayBeInterim(bytes)) {
      const end = bytes.indexOf(END)
      if (end === -1 && bytes.length <= LONGEST) {
        held = bytes
        return null
      }
      if (end === -1) break
      bytes = bytes.subarray(end + END.length)
    }
    held = EMPTY
    isAtHead = false
    return bytes
  }

  return Object.assign(socket, {
    write(...given: unknown[]): boolean {
      isAtHead = true
      return write(...given)
    },
    read(size?: number): unknown {
      for (let chunk = read(size); chunk !== null; chunk = read(size)) {
        const rest = isAtHead ? skip(chunk) : chunk
        if (rest !== null) return rest
      }
      return null
    },
  })
}

/** True also where there are too few bytes to tell. */
function mayBeInterim(bytes: Buffer): boolean {
  const status = bytes[STATUS_AT]
  if (status !== undefined && status !== ONE) return false
  return bytes.subarray(0, PREFIX.length).equals(PREFIX.subarray(0, bytes.length))
}
