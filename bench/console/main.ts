import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openBrowser } from '../../test/services/browser.ts'
import { othersUntilNow } from '../stores/others.ts'
import { cost } from './cost.ts'
import { open } from './open.ts'
import { paint } from './paint.ts'
import { say } from './stage.ts'

/** Cores. */
const DISTURBED = 0.3

/** Trials of the console in Chromium, on Node with SQLite: `paint`, `cost` and `open`. Returns the exit code. */
export async function benchConsole(root: string, isQuick: boolean, only: readonly string[]): Promise<number> {
  const browser = await openBrowser()
  try {
    const trials = { paint, cost, open }
    for (const [name, trial] of Object.entries(trials)) {
      if (only.length > 0 && !only.includes(name)) continue
      const folder = join(root, name)
      mkdirSync(folder, { recursive: true })
      const [begun, before] = [performance.now(), othersUntilNow()]
      await trial({ browser, folder, isQuick })
      const others = ((othersUntilNow() - before) * 1_000) / (performance.now() - begun)
      if (others > DISTURBED)
        say(`  other processes, the browser among them, kept ${others.toFixed(1)} cores busy meanwhile`)
    }
  } finally {
    await browser.close()
  }
  return 0
}
