import type { CommandLine } from '../command-line.ts'

/** A count on one line of a terminal, while a command works. */
export interface LiveCount {
  update(done: number): void
  /** Removes the line. */
  end(): void
}

/** Milliseconds between two changes of the line. */
const EVERY = 200

/** Shows a count of `things` on stderr where that is a terminal, else nothing. */
export function liveCount({ stderr }: CommandLine['process'], things: string): LiveCount {
  if (stderr.isTTY !== true) return { update: () => undefined, end: () => undefined }
  let last = Number.NEGATIVE_INFINITY
  return {
    update(done) {
      const now = performance.now()
      if (now - last < EVERY) return
      last = now
      stderr.write(`\r\u001B[K${done} ${things}`)
    },
    end: () => stderr.write('\r\u001B[K'),
  }
}
