import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs'

/**
 * An append-only file of JSON, one entry a line. An entry is on the disk when `append` returns, so that a process that was killed
 * knows after its restart all that it has promised.
 */
export class LedgerFile<Entry> {
  readonly #file: number

  /** Creates the file where it is missing. The rest of a line that a kill has cut is removed. */
  constructor(path: string) {
    this.#file = openSync(path, 'a+')
    ftruncateSync(this.#file, wholeLines(this.#file))
  }

  append(entry: Entry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`)
    fdatasyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** All entries of a ledger, in their order, without a last line that is not whole. Throws where another line is no JSON. */
export function readLedger<Entry>(path: string): Entry[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Entry)
}

const NEW_LINE = 0x0a

/** Bytes up to and with the last end of a line. */
function wholeLines(file: number): number {
  const byte = new Uint8Array(1)
  for (let size = fstatSync(file).size; size > 0; size--) {
    readSync(file, byte, 0, 1, size - 1)
    if (byte[0] === NEW_LINE) return size
  }
  return 0
}
