import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** The input of a command hook: copies, so that a hook which changes them changes nothing of the saga. */
export interface CommandHookInput {
  /** The document of C5 after the step, without keys of ours. */
  readonly saga: Readonly<Record<string, unknown>>
  readonly messageLabel: string
}

/**
 * A command hook of saga.json (C2.7): synchronous, answers `{ payload }`. It may throw and may answer anything; its caller
 * checks the answer.
 */
export type CommandHook = (input: CommandHookInput) => unknown

/** The arguments of a merge hook. All are copies; the objects are as they are so far. */
export type MergeHookArguments = readonly [
  objValue: unknown,
  srcValue: unknown,
  key: string,
  object: unknown,
  source: unknown,
  stack: unknown,
]

/**
 * A merge hook of saga.json: the customizer of lodash's `mergeWith` (C2.5). `undefined` leaves the value to the deep merge. It may
 * throw and may answer anything.
 */
export type MergeHook = (...values: MergeHookArguments) => unknown

/** Identity of a hook's source, by which a bundle for the edge finds its compiled function: SHA-256 in hex. */
export function hookHash(source: string): string {
  return bytesToHex(sha256(utf8ToBytes(source)))
}
