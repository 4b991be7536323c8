import { join } from 'node:path'
import { canTrace, runTraced } from '../test/crash/durable-run.ts'

export interface Proof {
  readonly text: string
  readonly isGood: boolean
}

const SAGAS = 100

/** Checks every acknowledgement of a short run against the system calls before it. */
export async function proveDurable(root: string): Promise<Proof> {
  if (!canTrace()) {
    return { text: 'Not checked here: that acknowledgements wait for the disk (wants Linux with strace)', isGood: true }
  }
  const { syncs, created, moved, problems } = await runTraced(join(root, 'traced'), SAGAS)
  const isWhole = created === SAGAS && moved === 2 * SAGAS
  const acknowledged = `${created + moved} acknowledgements of ${SAGAS} sagas`
  if (problems.length === 0 && isWhole) {
    return {
      text: `Under strace: ${acknowledged}, ${syncs} syncs of the log, none acknowledged before its sync`,
      isGood: true,
    }
  }
  const shown = problems.slice(0, 5).map((problem) => `  ${problem}`)
  return {
    text: [`Under strace: ${acknowledged}, ${problems.length} of them TOO EARLY`, ...shown].join('\n'),
    isGood: false,
  }
}
