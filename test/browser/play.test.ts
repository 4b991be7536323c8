import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeBrowser, openBrowser } from '../services/browser.ts'
import { call } from '../services/client.ts'
import { Dev, DEV_TIMEOUT } from '../services/dev.ts'
import { axeViolationsOfBoth } from './kit/accessibility.ts'
import { hostileTraces, LONG, markup, UNUSUAL } from './kit/hostile-text.ts'
import { keepScreenshots } from './kit/screenshots.ts'
import { shows } from './kit/shown-text.ts'
import { isTooWide, PHONE, visit } from './kit/visit.ts'

vi.setConfig({ testTimeout: DEV_TIMEOUT })

const [STATE, EVENT, COMMAND] = [markup(0), markup(2), markup(1)]

/** A machine whose labels look like markup. */
const HOSTILE = {
  machineDefinition: {
    initialState: STATE,
    states: [
      {
        id: STATE,
        isFinal: false,
        outputCommand: { label: COMMAND, channel: markup(4) },
        timeout: { after: 'P3D', event: 'expired' },
        outgoingTransitions: [
          { inputEvent: EVENT, targetState: 'done' },
          { inputEvent: 'expired', targetState: 'failed' },
        ],
      },
      { id: 'done', isFinal: true },
      { id: 'failed', isFinal: true },
    ],
  },
  communicationProtocols: [
    {
      id: markup(4),
      type: 'rest',
      configurations: { protocol: 'http', endpoint: 'shop.invalid', method: 'POST', path: '/' },
    },
  ],
  persistencyManagement: {},
}

describeBrowser('GET /play of batuta dev in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  test('a command is answered on the page, the clock is pushed, and hostile texts are texts', async () => {
    const dev = new Dev(HOSTILE)
    try {
      await dev.start()
      const body = { associatedEntityId: markup(5), metadata: { [markup(3)]: UNUSUAL, long: LONG } }
      await call(`${dev.url}/saga`, { body })
      const late = await dev.create('order-2')
      const visited = await visit(browser, { url: `${dev.url}/play` })
      const { page, faults, violations } = visited
      expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual(
        [1, 2].map(() => `${COMMAND} · ${markup(4)}`),
      )
      await page.getByText('Payload of the command').first().click()
      expect(await axeViolationsOfBoth(page)).toEqual([])
      await keepScreenshots(page, 'play')
      await page.setViewportSize(PHONE)
      expect(await isTooWide(page)).toBe(false)
      await keepScreenshots(page, 'play-phone')
      expect(await hostileTraces(page)).toEqual([])

      const status = page.getByRole('status')
      await page.getByLabel('Payload of the event, JSON').first().fill('{ no JSON')
      await page.getByRole('button', { name: EVENT }).first().press('Enter')
      await shows(status, 'The payload is no JSON object.')
      await page.getByRole('button', { name: EVENT }).first().press('Enter')
      await shows(status, `${EVENT}: the saga is in done.`)
      await page.getByLabel(/^Clock: /).fill('P3D')
      await page.getByRole('button', { name: 'Push forward' }).click()
      await shows(status, 'The clock was pushed forward by P3D.')
      expect(await dev.state(late)).toBe('failed')
      await shows(page.getByRole('main'), /No command waits/)
      expect(await hostileTraces(page)).toEqual([])
      expect(faults).toEqual([])
      expect(violations).toEqual([])
      await visited.close()

      const foreign = await call(`${dev.url}/play/form`, {
        headers: { origin: 'http://elsewhere.test', 'content-type': 'application/x-www-form-urlencoded' },
        body: 'forward=P1D',
      })
      expect(foreign.status, 'a form of another page').toBe(403)
    } finally {
      await dev.interrupt()
      dev.remove()
    }
  })
})
