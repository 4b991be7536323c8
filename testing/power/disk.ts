import type { WrittenBytes } from './written-bytes.ts'

/** A change of a file that a sync makes durable. */
type Pending = ({ readonly kind: 'write' } & WrittenBytes) | { readonly kind: 'size'; readonly size: number }

interface DiskFile {
  durable: Buffer
  readonly pending: Set<Pending>
  /** Removed, and the folder was not synced since: the file may be there again. */
  isRemoved: boolean
}

/** The unit in which a disk writes whole or not at all. */
const SECTOR = 512

/**
 * A disk under a process whose writes are followed. A change is durable when a sync that began after it has ended; after a power loss each
 * other change may be there, be missing, or be there in some of its sectors. The name of a file is durable with its first sync.
 */
export class Disk {
  readonly #files = new Map<string, DiskFile>()

  write(path: string, written: WrittenBytes): void {
    this.#file(path).pending.add({ kind: 'write', ...written })
  }

  truncate(path: string, size: number): void {
    this.#file(path).pending.add({ kind: 'size', size })
  }

  remove(path: string): void {
    this.#file(path).isRemoved = true
  }

  /** The beginning of a sync. Call the result when it has ended well. */
  sync(path: string): () => void {
    const file = this.#file(path)
    const covered = [...file.pending]
    return () => {
      for (const change of covered) {
        if (!file.pending.delete(change)) continue
        file.durable = applied(file.durable, change)
      }
    }
  }

  /** A sync of the folder has ended: removed files are gone. */
  syncFolder(): void {
    for (const [path, { isRemoved }] of this.#files) if (isRemoved) this.#files.delete(path)
  }

  /** Number of changes that are not durable. */
  get pending(): number {
    return [...this.#files.values()].reduce((sum, { pending }) => sum + pending.size, 0)
  }

  /** The files after a power loss now: path → content. `random`: in [0, 1). */
  afterPowerLoss(random: () => number): ReadonlyMap<string, Uint8Array> {
    const kept = LOSSES[Math.floor(random() * LOSSES.length)] ?? 0
    const files = [...this.#files].filter(([, { isRemoved }]) => !isRemoved || random() >= kept)
    return new Map(files.map(([path, file]) => [path, remains(file, kept, random)]))
  }

  #file(path: string): DiskFile {
    const found = this.#files.get(path) ?? { durable: Buffer.alloc(0), pending: new Set(), isRemoved: false }
    if (found.isRemoved) {
      // It is made again under its former name.
      this.#files.delete(path)
      return this.#file(path)
    }
    this.#files.set(path, found)
    return found
  }
}

/** Shares of the changes without a sync that survive: none, few, half, most, all. */
const LOSSES = [0, 0.2, 0.5, 0.8, 1]

function remains({ durable, pending }: DiskFile, kept: number, random: () => number): Uint8Array {
  let content: Buffer = Buffer.from(durable)
  for (const change of pending) {
    if (random() < kept) content = applied(content, change)
    else if (change.kind === 'write' && kept > 0 && random() < TORN) content = torn(content, change, random)
  }
  return content
}

/** Share of the lost writes of which some sectors are there. */
const TORN = 0.5

function torn(content: Buffer, { offset, bytes }: WrittenBytes, random: () => number): Buffer {
  let result: Buffer = content
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + SECTOR - ((offset + at) % SECTOR))
    if (random() < 0.5) {
      result = applied(result, { kind: 'write', offset: offset + at, bytes: bytes.subarray(at, end) })
    }
    at = end
  }
  return result
}

/** Changes the buffer where its size stays; its result is the content. */
function applied(content: Buffer, change: Pending): Buffer {
  const size = change.kind === 'size' ? change.size : Math.max(content.length, change.offset + change.bytes.length)
  const result = size === content.length ? content : Buffer.concat([content], size)
  if (change.kind === 'write') result.set(change.bytes, change.offset)
  return result
}
