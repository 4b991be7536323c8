import type { Report } from '../../../src/config/report.ts'

/** A file after a check: its reports, or the reason why it could not be read. */
export type CheckedFile =
  | { readonly path: string; readonly reports: readonly Report[] }
  | { readonly path: string; readonly unreadable: string }

/** Writes the result of a check, one text. */
export type CheckFormat = (files: readonly CheckedFile[]) => string
