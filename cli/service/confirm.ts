import process from 'node:process'
import { createInterface } from 'node:readline/promises'

/** Asks a person on the terminal; `undefined` where there is none to ask. Anything but `y` is no; Ctrl-C ends the process. */
export async function confirm(question: string): Promise<boolean | undefined> {
  if (process.stdin.isTTY !== true) return undefined
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const ended = new AbortController()
  let isInterrupted = false
  terminal.once('SIGINT', () => {
    isInterrupted = true
    ended.abort()
  })
  terminal.once('close', () => ended.abort()) // Ctrl-D
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal: ended.signal })).trim())
  } catch (thrown) {
    if (!ended.signal.aborted) throw thrown
    process.stderr.write('\n')
    return false
  } finally {
    terminal.close()
    if (isInterrupted) process.kill(process.pid, 'SIGINT')
  }
}
