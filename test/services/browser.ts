import { chromium, type Browser } from 'playwright-core'
import { describe } from 'vitest'
import { isOnPath } from '../../testing/broker/tools.ts'

const PROGRAM = 'chromium'
const MISSING = 'needs a browser: apt-get install chromium'

/** A suite that is left out in one line where there is no Chromium; in the gate it fails then. */
export function describeBrowser(name: string, suite: () => void): void {
  if (isOnPath(PROGRAM)) return void describe(name, suite)
  const isGate = process.env['CI'] === 'true'
  if (!isGate) process.stderr.write(`left out: ${name}: ${MISSING}\n`)
  describe.skipIf(!isGate)(name, (it) =>
    it(MISSING, () => {
      throw new Error(MISSING)
    }),
  )
}

/** Chromium without a window and without traffic of its own. */
export function openBrowser(): Promise<Browser> {
  const own = ['background-networking', 'component-update', 'sync', 'quic', 'gpu'].map((name) => `--disable-${name}`)
  return chromium.launch({ executablePath: `/usr/bin/${PROGRAM}`, args: ['--no-sandbox', '--no-first-run', ...own] })
}
