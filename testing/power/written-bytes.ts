/** A write of bytes to a place in a file. */
export interface WrittenBytes {
  readonly offset: number
  readonly bytes: Uint8Array
}

const ARGUMENTS = /^"((?:[^"\\]|\\.)*)"(\.\.\.)?, (\d+), (\d+)/s
const ESCAPE = /\\(?:([0-7]{1,3})|(.))/gs
const NAMED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' }

/**
 * The bytes and the offset in the arguments of `pwrite64` as strace writes them, with octal escapes. Throws where strace has cut the
 * bytes: its option `-s` was too small.
 */
export function writtenBytes(args: string): WrittenBytes {
  const [, text, cut, count, offset] = ARGUMENTS.exec(args) ?? []
  const bytes = Buffer.from((text ?? '').replace(ESCAPE, unescaped), 'latin1')
  if (text === undefined || cut !== undefined || bytes.length !== Number(count)) {
    const found = `${bytes.length} bytes in ${args.slice(0, 60)}…`
    throw new Error(`read a write in the output of strace: found ${found}, expected ${count ?? 'bytes and an offset'}`)
  }
  return { offset: Number(offset), bytes }
}

function unescaped(_whole: string, octal: string | undefined, letter: string | undefined): string {
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
  return NAMED[letter ?? ''] ?? letter ?? ''
}
