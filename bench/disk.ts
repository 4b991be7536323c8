import { closeSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface DiskRates {
  /** Appends of 4 KiB a second, each followed by `fdatasync`. */
  readonly fdatasync: number
  /** The same with `fsync`, which SQLite in Node calls. */
  readonly fsync: number
}

/** Measures the disk below `root` alone. */
export function diskRates(root: string, milliseconds: number): DiskRates {
  mkdirSync(root, { recursive: true })
  const path = join(root, 'disk')
  const half = milliseconds / 2
  return { fdatasync: rate(path, fdatasyncSync, half), fsync: rate(path, fsyncSync, half) }
}

function rate(path: string, sync: (file: number) => void, milliseconds: number): number {
  const page = Buffer.alloc(4_096, 'x')
  const file = openSync(path, 'w')
  const begun = performance.now()
  let count = 0
  for (; performance.now() - begun < milliseconds; count++) {
    writeSync(file, page)
    sync(file)
  }
  const seconds = (performance.now() - begun) / 1_000
  closeSync(file)
  rmSync(path)
  return count / seconds
}
