import process from 'node:process'
import { Presets, SingleBar } from 'cli-progress'

/** Shows progress: a bar in a terminal, else a line for each 10 %. */
export interface Progress {
  update(done: number): void
  /** May be called more than once. */
  stop(): void
}

/** Shows a progress bar on a terminal, and nothing elsewhere. */
export function showProgress(total: number): Progress {
  return process.stdout.isTTY ? bar(total) : lines(total)
}

function bar(total: number): Progress {
  const format = '  {bar} {value}/{total} sagas, {duration_formatted}'
  const shown = new SingleBar({ format, hideCursor: true }, Presets.shades_classic)
  shown.start(total, 0)
  let isShown = true
  return {
    update: (done) => shown.update(done),
    stop() {
      if (isShown) shown.stop() // shows the cursor again
      isShown = false
    },
  }
}

function lines(total: number): Progress {
  let told = 0
  return {
    update(done) {
      const tenth = Math.floor((done * 10) / total)
      if (tenth > told) process.stdout.write(`  ${tenth * 10} %: ${done} of ${total} sagas have ended\n`)
      told = Math.max(told, tenth)
    },
    stop: () => undefined,
  }
}
