import { basename } from 'node:path'
import { acknowledgedBy, isAnswer } from '../checker/durable/answers.ts'
import { Assembly } from '../checker/durable/syscalls.ts'
import type { Call } from '../checker/durable/syscalls.ts'
import { Disk } from './disk.ts'
import { writtenBytes } from './written-bytes.ts'

/** The store after a power loss, and what had been acknowledged by then. */
export interface PowerLoss {
  /** Name → content of each file of the store. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Ids of created sagas. */
  readonly created: ReadonlySet<string>
  /** Sagas and states that they have been in. */
  readonly moved: readonly { readonly sagaId: string; readonly state: string }[]
  /** Changes without a sync. */
  readonly pending: number
  /** Position in the trace. */
  readonly line: number
}

/** Options of `powerLosses`. */
export interface PowerLossOptions {
  /** Path of the file of the store. */
  readonly store: string
  readonly count: number
  /** In [0, 1). */
  readonly random: () => number
}

/**
 * Power losses at random instants of the output of `strace -f -y` of a service over SQLite: each at the beginning of an answer or beside a
 * change of a file, in their order. Nothing of a sync that has not ended is taken for granted.
 */
export function* powerLosses(
  lines: readonly string[],
  { store, count, random }: PowerLossOptions,
): Generator<PowerLoss> {
  const first = lines.findIndex((line) => line.includes(store))
  const instants = Array.from({ length: count }, () => first + Math.floor(random() * (lines.length - first)))
  const [assembly, machine] = [new Assembly(), new TracedMachine(store)]
  let line = 0
  for (const instant of instants.sort((one, other) => one - other)) {
    for (; line < lines.length; line++) {
      const isRipe = line >= instant && machine.disk.pending > 0
      if (isRipe) break
      for (const call of assembly.take(lines[line] ?? '')) machine.note(call)
      machine.noteRemoval(lines[line] ?? '')
    }
    const { disk, created, moved } = machine
    const files = [...disk.afterPowerLoss(random)].map(([path, content]) => [basename(path), content] as const)
    yield { files: new Map(files), created: new Set(created), moved: [...moved], pending: disk.pending, line }
  }
}

const REMOVED = /unlink\("([^"]+)"/
/** The index of the log is memory, and SQLite makes it anew; it is no content. */
const INDEX = '-shm'
const LOCK = '-lock'

/** The disk and the acknowledgements at a place in the trace. */
class TracedMachine {
  readonly disk: Disk = new Disk()
  readonly created = new Set<string>()
  readonly moved: { readonly sagaId: string; readonly state: string }[] = []
  readonly #store: string
  /** Thread → the end of its sync. */
  readonly #syncs = new Map<string, () => void>()

  constructor(store: string) {
    this.#store = store
  }

  note(call: Call): void {
    if (isAnswer(call)) this.#answer(call.text)
    else if (call.name === 'fsync' || call.name === 'fdatasync') this.#sync(call)
    else if (call.moment === 'end' && call.succeeded && this.#isContent(call.path)) this.#change(call)
  }

  /** A removal names no open file, so that it is no `Call`. */
  noteRemoval(line: string): void {
    const path = REMOVED.exec(line)?.[1]
    if (path !== undefined && this.#isContent(path)) this.disk.remove(path)
  }

  #answer(text: string): void {
    const { created, moved } = acknowledgedBy(text)
    for (const sagaId of created) this.created.add(sagaId)
    this.moved.push(...moved)
  }

  #sync({ thread, moment, path, succeeded }: Call): void {
    if (this.#store.startsWith(`${path}/`)) return void (moment === 'end' && succeeded && this.disk.syncFolder())
    if (!this.#isContent(path)) return
    if (moment === 'begin') return void this.#syncs.set(thread, this.disk.sync(path))
    if (succeeded) this.#syncs.get(thread)?.()
    this.#syncs.delete(thread)
  }

  #change({ name, path, raw }: Call): void {
    if (name === 'pwrite64') this.disk.write(path, writtenBytes(raw))
    else if (name === 'ftruncate') this.disk.truncate(path, Number.parseInt(raw, 10))
    else throw new Error(`follow the writes to "${path}": found the call "${name}", expected pwrite64 or ftruncate`)
  }

  #isContent(path: string): boolean {
    return path.startsWith(this.#store) && !path.endsWith(INDEX) && !path.endsWith(LOCK)
  }
}
