import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** For a person to look at, in light and in dark: `SCREENSHOTS=<folder> npx vitest run test/browser`. Without it nothing is taken. */
export async function keepScreenshots(page: Page, title: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.evaluate('scrollTo(0, 0)')
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(folder, `${title.replaceAll(/[^\w-]+/g, '-')}-${colorScheme}.png`) })
  }
}
