import { BatutaError, reasonOf } from '../../../src/errors.ts'
import type { ErrorCode } from '../../../src/errors.ts'

/**
 * Primary result codes that the store tells apart; sqlite.org/rescode.html. Extended codes carry them in the low byte.
 */
const BUSY = 5
const LOCKED = 6
const CORRUPT = 11
const NOT_A_DATABASE = 26

/** Another connection holds the file: nothing was written, and a retry may succeed (P22). */
export function isBusy(thrown: unknown): boolean {
  const code = resultCode(thrown)
  return code === BUSY || code === LOCKED
}

/** Pages of the file are damaged. */
export function isDamage(thrown: unknown): boolean {
  return resultCode(thrown) === CORRUPT
}

/** An error of SQLite as an error of ours that names the file. */
export function failure(action: string, path: string, thrown: unknown): BatutaError {
  if (thrown instanceof BatutaError) return thrown
  return new BatutaError(codeFor(thrown), `${action} "${path}": ${reasonOf(thrown)}`, thrown)
}

function codeFor(thrown: unknown): ErrorCode {
  if (isBusy(thrown)) return 'store-busy'
  const code = resultCode(thrown)
  return code === CORRUPT || code === NOT_A_DATABASE ? 'store-unusable' : 'store-unavailable'
}

function resultCode(thrown: unknown): number | undefined {
  const { errcode } = (thrown ?? {}) as { errcode?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : undefined
}
