import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readlinkSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Modes of files, and of a folder created here: owner only, since sagas hold customers' data. */
const FILE = 0o600
const FOLDER = 0o700
/** SQLite's files beside it: write-ahead log and its index. */
export const LOG = '-wal'
/** Suffix of SQLite's shared-memory file. */
export const INDEX = '-shm'
/** The lock file beside it. */
export const LOCK = '-lock'

/** Device and inode: they stay with a file whatever its name. */
export type Identity = string

/** Device and inode of a file; `undefined` where it is missing. */
export function identityOf(path: string): Identity | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

/** Creates the folder where it is missing; the mode of an existing one is its owner's choice. */
export function makeFolderOf(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER })
}

/**
 * Creates an empty file where there is none, also at the end of a dangling link. Never opens an existing one: closing any
 * handle of a file drops every POSIX lock that the process has on it.
 */
export function makeFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(endOf(path), 'a', FILE))
}

/** The end of a chain of links, whether it exists or not: Deno creates no file through a dangling link. */
function endOf(path: string, links = 0): string {
  const next = linkOf(path)
  return next === undefined || links > MOST_LINKS ? path : endOf(resolve(dirname(path), next), links + 1)
}

const MOST_LINKS = 40

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/**
 * Restricts files that earlier versions left readable by everybody. Where they belong to another user, or modes have no
 * meaning, they stay.
 */
export function closeToOthers(path: string): void {
  for (const file of [path, path + LOG, path + INDEX, path + LOCK]) {
    const found = statSync(file, { throwIfNoEntry: false })
    if (found === undefined || (found.mode & 0o077) === 0) continue
    try {
      chmodSync(file, FILE)
    } catch {
      continue
    }
  }
}

/** Why files in this folder are not safe from other users; `undefined` where they are. */
export function exposureOf(path: string): string | undefined {
  const folder = dirname(path)
  const { mode } = statSync(folder)
  const [othersMayWrite, isSticky] = [(mode & 0o002) !== 0, (mode & 0o1000) !== 0]
  return othersMayWrite && !isSticky
    ? `every user of this machine may remove or replace files in "${folder}"`
    : undefined
}
