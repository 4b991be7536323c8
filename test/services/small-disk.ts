import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of some megabytes that a test can fill. */
export interface SmallDisk {
  readonly folder: string
  /** Takes all room that is left. */
  fill(): void
  /** Gives it back. */
  clear(): void
  unmount(): void
}

/** The reason why no disk can be mounted here; `undefined` where one can. */
export function whyNoDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-disk-'))
  const why = mount(folder, 1)
  if (why === undefined) unmount(folder)
  rmSync(folder, { recursive: true })
  return why && `the right to mount a tmpfs (root on Linux): ${why}`
}

/** Mounts a tmpfs of so many megabytes on a new folder. It is unmounted when this process ends, at the latest. */
export function mountDisk(folder: string, size: number): SmallDisk {
  mkdirSync(folder, { recursive: true })
  const why = mount(folder, size)
  if (why !== undefined) throw new Error(`mount a disk of ${size} MB on "${folder}": ${why}`)
  const ballast = join(folder, 'ballast')
  const leave = () => unmount(folder)
  process.once('exit', leave)
  return {
    folder,
    fill: () => fill(ballast),
    clear: () => rmSync(ballast),
    unmount() {
      process.off('exit', leave)
      unmount(folder)
    },
  }
}

const CHUNK = 1 << 20
const PAGE = 4_096

function fill(path: string): void {
  const file = openSync(path, 'w')
  for (let size = CHUNK; size >= PAGE; size /= 2) while (hasRoom(file, Buffer.alloc(size)));
  closeSync(file)
}

function hasRoom(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw thrown
  }
}

function mount(folder: string, size: number): string | undefined {
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'batuta-test', folder])
  if (status === 0) return undefined
  return error?.message ?? String(stderr).trim()
}

/** Lazily: a process that was killed a moment ago may still have files open. */
function unmount(folder: string): void {
  spawnSync('umount', ['-l', folder])
}
