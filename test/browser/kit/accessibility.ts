import axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** The rules of WCAG 2.2 AA, and what axe calls best practices. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The one rule whose verdict depends on light or dark. */
const BY_SCHEME = ['color-contrast']

/** A line for each violation that axe finds on the page in its present state: the rule, the element, the reason. */
async function axeViolations(page: Page, runOnly: readonly string[]): Promise<readonly string[]> {
  if (await page.evaluate<boolean>('typeof axe === "undefined"')) await page.evaluate(axe.source)
  const options = { runOnly, resultTypes: ['violations'] }
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary.replaceAll('\n', ' ')}`,
    ),
  )
}

/** The violations of the page in light, and those in dark of the rules that depend on it. The page is left light. */
export async function axeViolationsOfBoth(page: Page): Promise<readonly string[]> {
  const found: string[] = []
  const runs = { dark: BY_SCHEME, light: RULES } as const
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    found.push(...(await axeViolations(page, runs[colorScheme])).map((violation) => `${colorScheme}: ${violation}`))
  }
  return found
}
