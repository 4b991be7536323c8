/**
 * `npm run docs:pictures`: takes the screenshots of docs/pictures in Chromium, from a service of examples/order with a hundred orders.
 * With a folder as its argument it writes every scene there, in light, dark and on a phone, for a person to look at.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser } from '../../services/browser.ts'
import { PHONE } from '../kit/visit.ts'
import { startOrderService, type OrderService } from './order-service.ts'

const PICTURES = join(import.meta.dirname, '../../../docs/pictures')
const WIDE = { width: 1360, height: 850 }
/** The column of a README is 830 pixels wide: texts of a wider page could not be read there. */
const DOC = { width: 1100, height: 800 }
/** Sharp on a dense screen, and below 120 KB. */
const DOC_SCALE = 1.5

interface Scene {
  /** Name of the file. */
  readonly name: string
  /** Fragment of the console. */
  readonly place: string
  /** Text that shows that the page has its data. */
  readonly shows: string
  /** The scene is one of docs/pictures, with this height or less. */
  readonly docHeight?: number
  /** Makes the page what it shows. */
  readonly act?: (page: Page) => Promise<void>
}

function scenesOf({ sagas }: OrderService): readonly Scene[] {
  const sagaOf = (story: string) => `#/sagas/${sagas.get(story)?.[0]}`
  return [
    { name: 'console', place: '#/', shows: 'Sagas that owe it a command', docHeight: 800 },
    { name: 'console-state', place: '#/?state=paymentPending', shows: 'its paths as far as the first fork' },
    { name: 'console-sagas', place: '#/sagas', shows: 'timer in' },
    { name: 'console-saga', place: sagaOf('refundFails'), shows: 'It is a dead letter', docHeight: 900 },
    { name: 'console-ended', place: sagaOf('lost'), shows: 'Nothing: this is an end.' },
    { name: 'console-waiting', place: sagaOf('short'), shows: 'fires' },
    { name: 'console-trouble', place: '#/trouble', shows: 'the account # is closed', docHeight: 420 },
    { name: 'console-edit', place: '#/edit', shows: 'Live sagas', act: mistype, docHeight: 1060 },
    { name: 'console-create', place: '#/create', shows: 'The saga begins in' },
  ]
}

/** Renames a state without its sagas, and misspells a target. */
async function mistype(page: Page): Promise<void> {
  const editor = page.getByRole('textbox', { name: 'Text of saga.json' })
  const text = await editor.inputValue()
  const changed = text
    .replaceAll('"backOrdered"', '"waitingForStock"')
    .replace(/("targetState": )"refunding"/, '$1"refundng"')
  await editor.fill(changed)
  await page.getByText('a state that this file lacks').waitFor()
  // The picture begins anew, with the beginning of the machine in sight.
  await page.goto(page.url().replace(/#.*/, '#/create'))
  await page.goBack()
  await page.getByText('a state that this file lacks').waitFor()
  await page.getByRole('button', { name: /^Line \d+:\d+$/ }).click()
}

const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  '': { viewport: WIDE, colorScheme: 'light' },
  '-dark': { viewport: WIDE, colorScheme: 'dark' },
  '-phone': { viewport: PHONE, colorScheme: 'light', deviceScaleFactor: 2 },
  '-phone-dark': { viewport: PHONE, colorScheme: 'dark', deviceScaleFactor: 2 },
}

interface Target {
  readonly url: string
  readonly folder: string
  readonly look: string
  readonly isDoc: boolean
}

async function take(browser: Browser, { name, place, shows, act, docHeight }: Scene, to: Target): Promise<void> {
  const look = to.isDoc ? { viewport: DOC, deviceScaleFactor: DOC_SCALE } : LOOKS[to.look]
  const context = await browser.newContext({ ...look, reducedMotion: 'reduce' })
  try {
    const page = await context.newPage()
    await page.goto(`${to.url}/console${place}`)
    await page.getByText(shows).first().waitFor()
    await drawn(page)
    await act?.(page)
    if (to.isDoc) writeFileSync(join(to.folder, `${name}.webp`), await smallPicture(page, docHeight))
    else await page.screenshot({ path: join(to.folder, `${name}${to.look}.png`) })
  } finally {
    await context.close()
  }
}

/** WebP is a third of a PNG; Playwright itself writes none. */
async function smallPicture(page: Page, height = DOC.height): Promise<Uint8Array> {
  await page.setViewportSize({ ...DOC, height })
  await page.evaluate('scrollTo(0, 0)')
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 85 })
  return Buffer.from(data, 'base64')
}

/** Pictures are there, and rates have two readings behind them. */
async function drawn(page: Page): Promise<void> {
  await page.locator('main .loading').first().waitFor({ state: 'detached' })
  const rates = page.getByRole('list', { name: 'The service in numbers' })
  if ((await rates.count()) > 0) await rates.getByText('–').first().waitFor({ state: 'detached' })
}

const [given] = process.argv.slice(2)
const folder = given ?? PICTURES
mkdirSync(folder, { recursive: true })
const service = await startOrderService()
const browser = await openBrowser()
try {
  const looks = given === undefined ? [''] : Object.keys(LOOKS)
  for (const scene of scenesOf(service)) {
    if (given === undefined && scene.docHeight === undefined) continue
    for (const look of looks) await take(browser, scene, { look, url: service.url, folder, isDoc: given === undefined })
  }
} finally {
  await browser.close()
  await service.close()
}
