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

interface Scene {
  /** Name of the file. */
  readonly name: string
  /** Fragment of the console. */
  readonly place: string
  /** Text that shows that the page has its data. */
  readonly shows: string
  /** The scene is one of docs/pictures. */
  readonly isDoc?: true
}

function scenesOf({ sagas }: OrderService): readonly Scene[] {
  const sagaOf = (story: string) => `#/sagas/${sagas.get(story)?.[0]}`
  return [
    { name: 'console', place: '#/', shows: 'Sagas that owe it a command', isDoc: true },
    { name: 'console-state', place: '#/?state=paymentPending', shows: 'its paths as far as the first fork' },
    { name: 'console-sagas', place: '#/sagas', shows: 'timer in' },
    { name: 'console-saga', place: sagaOf('refundFails'), shows: 'It is a dead letter', isDoc: true },
    { name: 'console-ended', place: sagaOf('lost'), shows: 'Nothing: this is an end.' },
    { name: 'console-waiting', place: sagaOf('short'), shows: 'fires' },
    { name: 'console-trouble', place: '#/trouble', shows: 'the account IT60X05 is closed', isDoc: true },
    { name: 'console-create', place: '#/create', shows: 'The saga begins in' },
  ]
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

async function take(browser: Browser, { name, place, shows }: Scene, to: Target): Promise<void> {
  const context = await browser.newContext({ ...LOOKS[to.look], reducedMotion: 'reduce' })
  try {
    const page = await context.newPage()
    await page.goto(`${to.url}/console${place}`)
    await page.getByText(shows).first().waitFor()
    await drawn(page)
    if (to.isDoc) writeFileSync(join(to.folder, `${name}.webp`), await smallPicture(page))
    else await page.screenshot({ path: join(to.folder, `${name}${to.look}.png`) })
  } finally {
    await context.close()
  }
}

/** WebP is a third of a PNG; Playwright itself writes none. */
async function smallPicture(page: Page): Promise<Uint8Array> {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 90 })
  return Buffer.from(data, 'base64')
}

/** Pictures are there, and rates have two readings behind them. */
async function drawn(page: Page): Promise<void> {
  await page.waitForFunction("document.querySelector('.loading') === null")
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
    if (given === undefined && scene.isDoc !== true) continue
    for (const look of looks) await take(browser, scene, { look, url: service.url, folder, isDoc: given === undefined })
  }
} finally {
  await browser.close()
  await service.close()
}
