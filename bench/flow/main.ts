import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { hang } from './hang.ts'
import { overload } from './overload.ts'
import { recovery } from './recovery.ts'
import { watch } from './watch.ts'

/** Trials of flow control on Node with SQLite: `overload`, `hang`, `recovery` and `watch`. Returns the exit code. */
export async function benchFlow(root: string, isQuick: boolean, only: readonly string[]): Promise<number> {
  const trials = { overload, hang, recovery, watch }
  for (const [name, trial] of Object.entries(trials)) {
    if (only.length > 0 && !only.includes(name)) continue
    const folder = join(root, name)
    mkdirSync(folder, { recursive: true })
    await trial(folder, isQuick)
  }
  return 0
}
