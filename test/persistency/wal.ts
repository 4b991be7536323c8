import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const FRAME_HEADER = 24
const LOG_HEADER = 32

export interface Log {
  readonly bytes: number
  readonly pages: number
  readonly commits: number
}

/** Empties the write-ahead log of an open store, so that the next frames can be counted. */
export function emptyLog(path: string): void {
  const db = new DatabaseSync(path)
  db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  db.close()
}

/** Frames of the log (sqlite.org/fileformat2.html#walformat): one a page, the last one of a commit marked. */
export function readLog(path: string): Log {
  const log = readFileSync(`${path}-wal`)
  if (log.length === 0) return { bytes: 0, pages: 0, commits: 0 }
  const frame = FRAME_HEADER + log.readUInt32BE(8)
  let pages = 0
  let commits = 0
  for (let at = LOG_HEADER; at + frame <= log.length; at += frame) {
    pages++
    if (log.readUInt32BE(at + 4) !== 0) commits++
  }
  return { bytes: log.length, pages, commits }
}
