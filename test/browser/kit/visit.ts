import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

/** The error of a request that the page ended by itself, such as one of a place that was left. */
const LEFT = 'net::ERR_ABORTED'

/** A page that is open in a context of its own, and everything that went wrong on it. */
export interface Visit {
  readonly page: Page
  /** Violations of the page's Content-Security-Policy so far: the directive and the address or text that it refused. */
  readonly violations: readonly string[]
  /** Errors of scripts, lines of the console at level error, requests that failed while they were wanted, dialogs. Answers of 4xx and 5xx are such lines. */
  readonly faults: string[]
  readonly close: () => Promise<void>
}

/** Options of `visit`. */
export interface VisitOptions extends Pick<BrowserContextOptions, 'viewport' | 'colorScheme' | 'reducedMotion'> {
  readonly url: string
}

/** Sizes of a screen. */
export const WIDE = { width: 1180, height: 1000 } as const
export const PHONE = { width: 390, height: 844 } as const

/** Opens a page without cookies and storage of others. */
export async function visit(browser: Browser, { url, viewport = WIDE, ...options }: VisitOptions): Promise<Visit> {
  const context = await browser.newContext({ viewport, ...options })
  const violations: string[] = []
  const faults: string[] = []
  await context.exposeFunction(REPORT, (violation: string) => void violations.push(violation))
  await context.addInitScript(WATCH)
  const page = await context.newPage()
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()))
  page.on('requestfailed', (request) => {
    const error = request.failure()?.errorText
    if (error !== LEFT) faults.push(`${request.method()} ${request.url()} failed: ${error}`)
  })
  page.on('dialog', (dialog) => {
    faults.push(`the dialog "${dialog.message()}"`)
    void dialog.dismiss()
  })
  await page.goto(url)
  return { page, violations, faults, close: () => context.close() }
}

const REPORT = 'batutaReportsViolation'

/** Runs before any script of the page, so that no violation is missed. */
const WATCH = `addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
  ${REPORT}(effectiveDirective + ' refused ' + blockedURI + ' ' + sample))`

/** Fills the field of the token and sends it, as a person does. The label and the button have the same names on every page. */
export async function giveToken(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token', { exact: true }).fill(token)
  await page.getByRole('button', { name: 'Use token' }).click()
}

/** True where the page is wider than its screen, so that a person would have to scroll sideways. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
}
