import { createHash } from 'node:crypto'

/** A changed place of the code. Texts are on one line, and shortened. */
export interface Mutant {
  /** Equal in runs of the same code, and of it alone. */
  readonly key: string
  readonly file: string
  readonly line: number
  readonly column: number
  /** The line on which the change begins: the list of equivalents finds it by this text after other lines have moved. */
  readonly context: string
  readonly original: string
  readonly mutated: string
}

/** A change of a source text: lines begin with 0, as columns do; the end is the place after the last character. */
export interface Replacement {
  readonly start: Place
  readonly end: Place
  readonly text: string
}

interface Place {
  readonly line: number
  readonly column: number
}

const LONGEST = 100

/** A change of a file as a mutant. */
export function mutantOf(file: string, source: string, { start, end, text }: Replacement): Mutant {
  const lines = source.split('\n')
  const inside = lines.slice(start.line, end.line + 1)
  inside.push((inside.pop() ?? '').slice(0, end.column))
  return {
    key: hashOf(JSON.stringify([file, source, start, end, text])),
    file,
    line: start.line + 1,
    column: start.column + 1,
    context: oneLine(lines[start.line] ?? ''),
    original: oneLine(inside.join('\n').slice(start.column)),
    mutated: oneLine(text),
  }
}

/** One key of so many, always the same ones: spread over all files, since a key is a hash. */
export function isInSample(key: string, sample: number): boolean {
  return Number.parseInt(key.slice(0, 8), 16) % sample === 0
}

/** Sixteen hexadecimal digits. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}
