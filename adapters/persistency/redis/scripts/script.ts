import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * A Lua script, which Redis runs atomically. Reads are scripts too: Upstash answers plain reads from a replica, which lags
 * (P9).
 */
export interface Script {
  readonly text: string
  /** Its SHA-1, by which Redis knows it after the first run. */
  readonly sha: string
}

/** The script of a text. */
export function script(text: string): Script {
  return { text, sha: bytesToHex(sha1(utf8ToBytes(text))) }
}
