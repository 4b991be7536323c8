import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { hashOf } from './mutant.ts'

/**
 * A line of the results. `killed` and `endless`: a test noticed the mutant by failing, or by going on and on. `file`: all mutants
 * that a test file reaches have been run: `tested` in its tests, `loaded` only while it loads.
 */
export type Verdict =
  | {
      readonly kind: 'killed' | 'endless'
      readonly mutant: string
      readonly testFile: string
      readonly hash: string
      readonly test: string
    }
  | {
      readonly kind: 'file'
      readonly testFile: string
      readonly hash: string
      readonly tested: readonly string[]
      readonly loaded: readonly string[]
    }

/** Appends a line, which is whole on the disk before the next mutant is run. */
export function record(path: string, verdict: Verdict): void {
  appendFileSync(path, `${JSON.stringify(verdict)}\n`)
}

/** Begins the results anew. */
export function clear(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
}

/** The lines whose test file is as it was: the text of `textOf`, by its path. A last line that was cut off is left out. */
export function readVerdicts(path: string, textOf: (testFile: string) => string | undefined): readonly Verdict[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const hashes = new Map<string, string | undefined>()
  const hashNow = (testFile: string) => {
    const text = textOf(testFile)
    if (!hashes.has(testFile)) hashes.set(testFile, text === undefined ? undefined : hashOf(text))
    return hashes.get(testFile)
  }
  return lines.map((line) => JSON.parse(line) as Verdict).filter(({ testFile, hash }) => hash === hashNow(testFile))
}
