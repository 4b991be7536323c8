import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeBrowser, openBrowser } from '../services/browser.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerScript } from '../services/worker.ts'
import { ROOT } from '../walls/tools.ts'

const SAGA = readFileSync(join(ROOT, 'examples/reservation/saga.json'), 'utf8')
const TOKEN = 'the-api-token'
const NARROW = { width: 390, height: 844 }

interface Row {
  readonly script: WorkerScript
  readonly basePath: string
  readonly environment: Readonly<Record<string, string>>
}

const ROWS: readonly Row[] = [
  { script: 'start', basePath: '/flow-manager', environment: { BASE_PATH: '/flow-manager', API_TOKEN: TOKEN } },
  { script: 'start:workerd', basePath: '', environment: {} },
]

/** A card of the page: the operation with this summary. */
function card(page: Page, name: string): Locator {
  return page.getByRole('article', { name, exact: true })
}

async function send(operation: Locator): Promise<string> {
  await operation.getByRole('button', { name: /^Send / }).press('Enter')
  return operation.locator('.status').innerText()
}

function bodyOf(operation: Locator): Promise<string> {
  return operation.locator('.answer pre').first().innerText()
}

describeBrowser('C7 GET /documentation in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  test.each(ROWS)('C7 $script: a saga is created, moved and read on the page', async (row) => {
    const { script, basePath, environment } = row
    const worker = await Worker.start({ script, configuration: SAGA, environment })
    try {
      const context = await browser.newContext({ viewport: { width: 1180, height: 1000 } })
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('console', (line) => line.type() === 'error' && faults.push(line.text()))
      page.on('requestfailed', (request) => faults.push(`${request.url()} failed`))
      await page.goto(`${worker.url}${basePath}/documentation`)
      if ('API_TOKEN' in environment) await giveToken(page, faults)

      const create = card(page, 'Create a saga')
      await create.getByLabel('associatedEntityId').fill('order-7')
      await create.getByLabel('metadata').fill('{ "seats": 3, "sum": 12345678901234567890 }')
      const sent = page.waitForRequest((request) => request.method() === 'POST')
      expect(await send(create)).toMatch(/^200 /)
      expect((await sent).postData(), 'digits as they were typed').toContain('12345678901234567890')
      const { sagaId } = JSON.parse(await bodyOf(create)) as { sagaId: string }

      const event = card(page, 'Send an event to a saga')
      expect(await event.getByLabel('key', { exact: false }).first().inputValue()).toBe(sagaId)
      await event.getByLabel('value.messageLabel').fill('validationOK')
      expect(await send(event)).toMatch(/^200 /)
      expect(JSON.parse(await bodyOf(event))).toEqual({
        outcome: 'moved',
        sagaId,
        currentState: 'reservationValidated',
      })

      const read = card(page, 'Read a saga')
      expect(await send(read)).toMatch(/^200 /)
      const saga = { associatedEntityId: 'order-7', currentState: 'reservationValidated', metadata: { seats: 3 } }
      expect(JSON.parse(await bodyOf(read))).toMatchObject(saga)
      expect(faults).toEqual([])
      await keepScreenshots(page, script)
      await page.setViewportSize(NARROW)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(NARROW.width)
      await keepScreenshots(page, `${script}-narrow`)
      await context.close()
    } finally {
      await worker.stop()
    }
  })

  test('C7 the page runs no script but its own, and every field has a label', async () => {
    const worker = await Worker.start({ script: 'start', configuration: SAGA })
    try {
      const page = await browser.newPage()
      const violations: string[] = []
      page.on('console', (line) => line.text().includes('Content Security Policy') && violations.push(line.text()))
      await page.goto(`${worker.url}/documentation`)
      await card(page, 'Create a saga').waitFor()
      expect(violations).toEqual([])
      expect(await page.evaluate(UNLABELLED)).toEqual([])
      await page.evaluate(INJECTED)
      await expect.poll(() => violations.length).toBeGreaterThan(0)
      expect(await page.evaluate('typeof hacked')).toBe('undefined')
      await page.close()
    } finally {
      await worker.stop()
    }
  })
})

/** A script and a style that are not the page's own. */
const INJECTED = `
  try { document.body.append(Object.assign(document.createElement('script'), { text: 'hacked = 1' })) } catch {}
  document.body.setAttribute('style', 'color: red')`

/** Ids of the fields that no label names. */
const UNLABELLED = `[...document.querySelectorAll('input, select, textarea')].filter((field) => field.labels.length === 0).map((field) => field.id)`

/** The first answer is 401, which the browser writes as an error; the page asks for the token then. */
async function giveToken(page: Page, faults: string[]): Promise<void> {
  const status = page.getByRole('status')
  await page.getByLabel('Token').fill('wrong')
  await page.getByRole('button', { name: 'Use token' }).click()
  await expect.poll(() => status.innerText()).toBe('This token does not open the description.')
  await page.getByLabel('Token').fill(TOKEN)
  await page.getByRole('button', { name: 'Use token' }).click()
  await card(page, 'Create a saga').waitFor()
  expect(faults.splice(0)).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('401 (Unauthorized)')))
}

/** For a person to look at: `SCREENSHOTS=<folder> npx vitest run test/browser`. */
async function keepScreenshots(page: Page, title: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder === undefined) return
  const name = title.replace(':', '-')
  await page.evaluate('scrollTo(0, 0)')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
  }
}
