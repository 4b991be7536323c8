import type { Finding } from './finding.ts'
import type { Problem } from './problem.ts'

/** The result of reading untrusted input: the value and what is odd about it, or every problem at once. */
export type Read<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }
