import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generatedMachine } from '../../testing/load/generated-machine.ts'
import { describeBrowser, openBrowser } from '../services/browser.ts'
import { call } from '../services/client.ts'
import type { Participant } from '../services/participant.ts'
import { startParticipant } from '../services/participant.ts'
import { Worker } from '../services/worker.ts'
import { axeViolationsOfBoth } from './kit/accessibility.ts'
import { SILENT } from './kit/console-visit.ts'
import { keepScreenshots } from './kit/screenshots.ts'
import { isTooWide, PHONE, visit } from './kit/visit.ts'

const STATES = 60
const SAGAS = 3

function sagaFile(port: number): string {
  const configurations = { protocol: 'http', endpoint: '127.0.0.1', port, method: 'POST', path: '/', retry: {} }
  return JSON.stringify({
    machineDefinition: generatedMachine(STATES),
    communicationProtocols: Array.from({ length: 5 }, (_, n) => ({ id: `channel${n}`, type: 'rest', configurations })),
    persistencyManagement: { type: 'sqlite' },
  })
}

const canvasOf = (page: Page) => page.getByRole('group', { name: /^Picture of the machine/ })
const overviewOf = (page: Page) => page.locator('.overview svg')
const stateOf = (page: Page, state: string) => page.locator(`[data-state="${state}"]`)

/** True once a part of the picture lies within the place of the picture. */
async function isInSight(page: Page, part: Locator): Promise<boolean> {
  const [box, seen] = await Promise.all([part.boundingBox(), canvasOf(page).boundingBox()])
  if (box === null || seen === null) return false
  const isWide = box.x >= seen.x && box.x + box.width <= seen.x + seen.width
  return isWide && box.y >= seen.y && box.y + box.height <= seen.y + seen.height
}

describeBrowser('C7 a machine of 60 states in the console', () => {
  let browser: Browser
  let participant: Participant
  let worker: Worker
  beforeAll(async () => {
    participant = await startParticipant(SILENT)
    const configuration = sagaFile(participant.port)
    ;[browser, worker] = await Promise.all([openBrowser(), Worker.start({ script: 'start', configuration })])
    for (let n = 0; n < SAGAS; n++) {
      await call(`${worker.url}/saga`, { body: { associatedEntityId: `case-${n}`, metadata: {} } })
    }
  })
  afterAll(async () => {
    await browser.close()
    await worker.stop()
    await participant.close()
  })

  test('C7 it begins at the beginning in a size that can be read; the overview has the sagas, and leads elsewhere', async () => {
    const { page, faults, violations, close } = await visit(browser, { url: `${worker.url}/console` })
    const first = stateOf(page, 'validateStage0')
    await first.locator(`[data-count="${SAGAS}"]`).waitFor()
    expect(await isInSight(page, first)).toBe(true)
    await overviewOf(page).getByText(String(SAGAS), { exact: true }).waitFor()
    const { x, y, width, height } = (await overviewOf(page).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.click(x + width - 5, y + height / 2)
    await expect.poll(() => isInSight(page, stateOf(page, 'completed'))).toBe(true)
    expect(await isInSight(page, first)).toBe(false)
    expect(await axeViolationsOfBoth(page)).toEqual([])
    await keepScreenshots(page, 'console-60-states')
    expect(faults).toEqual([])
    expect(violations).toEqual([])
    await close()
  })

  test('C7 a state that is found or chosen in the table is brought into sight, in a size that can be read', async () => {
    const { page, close } = await visit(browser, { url: `${worker.url}/console` })
    await stateOf(page, 'validateStage0').waitFor()
    for (let n = 0; n < 3; n++) await page.getByRole('button', { name: 'Smaller' }).click()
    const before = (await stateOf(page, 'bookStage46').boundingBox())?.width ?? 0
    await page.getByRole('searchbox').fill('bookStage46')
    await page.keyboard.press('Enter')
    await page.getByText('its paths as far as the first fork').waitFor()
    await expect.poll(() => isInSight(page, stateOf(page, 'bookStage46'))).toBe(true)
    expect((await stateOf(page, 'bookStage46').boundingBox())?.width).toBeGreaterThan(before)
    await page.getByRole('link', { name: 'cancelled', exact: true }).click()
    await expect.poll(() => isInSight(page, stateOf(page, 'cancelled'))).toBe(true)
    await close()
  })

  test('C7 the Tab key comes to one part of the picture, the arrow keys to its neighbours', async () => {
    const { page, close } = await visit(browser, { url: `${worker.url}/console` })
    await stateOf(page, 'validateStage0').waitFor()
    await canvasOf(page).focus()
    await page.keyboard.press('Tab')
    await page.locator('[data-state="validateStage0"]:focus').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.locator('[data-event="validateOK"]:focus').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.locator('[data-state="reserveStage1"]:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('State reserveStage1').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('State reserveStage1').waitFor({ state: 'detached' })
    await page.keyboard.press('Tab')
    await page.locator('button:focus', { hasText: '−' }).waitFor()
    await close()
  })

  test('C7 on a phone the overview stands beside the picture', async () => {
    const { page, faults, close } = await visit(browser, { url: `${worker.url}/console`, viewport: PHONE })
    await stateOf(page, 'validateStage0').waitFor()
    await overviewOf(page).waitFor()
    expect(await isTooWide(page)).toBe(false)
    expect(await axeViolationsOfBoth(page)).toEqual([])
    await keepScreenshots(page, 'console-60-states-phone')
    expect(faults).toEqual([])
    await close()
  })
})
