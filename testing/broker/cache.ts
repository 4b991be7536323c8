import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { javaVersion } from './tools.ts'

/** The dependencies that Maven fetches. */
export const POM: string = join(import.meta.dirname, 'pom.xml')

const HOME = join(import.meta.dirname, '../../node_modules/.cache/kafka')
const BUSY = 5

/**
 * The path of a file or folder that is made once for this clone, Java and versions. The first caller's `make` writes it under a
 * temporary name, and it is renamed when it is complete.
 */
export async function once(name: string, make: (part: string) => Promise<void>): Promise<string> {
  const folder = join(HOME, fingerprint())
  const place = join(folder, name)
  if (existsSync(place)) return place
  mkdirSync(folder, { recursive: true })
  const lock = await acquire(join(folder, `${name}.lock`))
  try {
    if (!existsSync(place)) await makeWhole(folder, name, make)
    return place
  } finally {
    lock.close()
  }
}

async function makeWhole(folder: string, name: string, make: (part: string) => Promise<void>): Promise<void> {
  const parts = readdirSync(folder).filter((file) => file.startsWith(`${name}.part`))
  for (const left of parts) rmSync(join(folder, left), { recursive: true, force: true }) // left by a killed process
  // Another name than a killed process used: its tool may outlive it and still write there.
  const part = join(folder, `${name}.part-${process.pid}`)
  await make(part)
  renameSync(part, join(folder, name))
}

/** SQLite's file lock is the kernel's: it is released when its process ends in any way. */
async function acquire(file: string): Promise<DatabaseSync> {
  const database = new DatabaseSync(file)
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE')
      return database
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== BUSY) throw error
      await pause(100)
    }
  }
}

/** A class archive fits one Java and one class path only. */
function fingerprint(): string {
  const hash = createHash('sha256')
  for (const part of [readFileSync(POM), javaVersion() ?? '']) hash.update(part)
  return hash.digest('hex').slice(0, 12)
}
