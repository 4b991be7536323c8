import type { Locator } from 'playwright-core'
import { expect } from 'vitest'

/** Waits until an element shows this text, whole or as a pattern. The failure says what it shows instead. */
export async function shows(locator: Locator, text: string | RegExp, within = 10_000): Promise<void> {
  const read = async (): Promise<string> => ((await locator.count()) === 0 ? '(no such element)' : locator.innerText())
  const look = expect.poll(read, { timeout: within })
  await (typeof text === 'string' ? look.toBe(text) : look.toMatch(text))
}
