import process from 'node:process'
import { createInterface } from 'node:readline/promises'

/** Asks a person on the terminal; `undefined` where there is none to ask. Anything but `y` is no. */
export async function confirm(question: string): Promise<boolean | undefined> {
  if (process.stdin.isTTY !== true) return undefined
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
