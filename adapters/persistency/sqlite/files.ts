import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readlinkSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Sagas hold what customers have sent: files for their owner alone, and the folder where it is made here. */
const FILE = 0o600
const FOLDER = 0o700
/** SQLite's own, beside the file: write-ahead log and its index. */
export const LOG = '-wal'
export const INDEX = '-shm'
/** Ours, beside the file. */
export const LOCK = '-lock'

/** Device and inode: names come and go, a file keeps these. */
export type Identity = string

export function identityOf(path: string): Identity | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

/** Makes the folder where it is missing. One that is there is its owner's affair. */
export function makeFolderOf(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER })
}

/**
 * Makes an empty file where there is none, at the end of a dangling link too. Only then is it opened: closing any handle of a
 * file lets go of every POSIX lock that this process has on it.
 */
export function makeFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(endOf(path), 'a', FILE))
}

/** Where a chain of links leads, be anything there or not: Deno makes no file through a dangling one. */
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

/** Files of earlier versions were readable by everybody. Where they are somebody else's, or modes mean nothing, they stay. */
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

/** Why files in this folder are not safe from others; nothing where they are. */
export function exposureOf(path: string): string | undefined {
  const folder = dirname(path)
  const { mode } = statSync(folder)
  const [othersMayWrite, isSticky] = [(mode & 0o002) !== 0, (mode & 0o1000) !== 0]
  return othersMayWrite && !isSticky ? `everybody may remove or replace files in "${folder}"` : undefined
}
