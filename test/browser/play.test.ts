import type { Browser, Page } from 'playwright-core'
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
          { inputEvent: EVENT, targetState: 'checked' },
          { inputEvent: 'expired', targetState: 'failed' },
        ],
      },
      {
        id: 'checked',
        isFinal: false,
        outputCommand: { label: 'ship', channel: markup(4) },
        outgoingTransitions: [
          {
            inputEvent: 'shipped',
            targetState: 'done',
            payloadValidationSchema: {
              type: 'object',
              required: ['parcel'],
              properties: { parcel: { type: 'string', minLength: 3 } },
            },
          },
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

const PLAY = { commands: { ship: { events: { shipped: 1 }, latency: ['PT1S', 'PT2S'], silence: 1 } } }

describeBrowser('the console of batuta dev in a browser', () => {
  let browser: Browser
  const dev = new Dev(HOSTILE)
  let url = ''
  beforeAll(async () => {
    ;[browser] = await Promise.all([openBrowser(), dev.start([], PLAY)])
    url = `${dev.url}/console`
  })
  afterAll(async () => {
    await browser.close()
    await dev.interrupt()
    dev.remove()
  })

  test('commands are answered by a click and by a form, and hostile texts are texts', async () => {
    const metadata = { [markup(3)]: UNUSUAL, long: LONG }
    await call(`${dev.url}/saga`, { body: { associatedEntityId: markup(5), metadata } })
    const { page, faults, violations, close } = await visit(browser, { url: `${dev.url}/play` })
    const waiting = page.getByRole('region', { name: 'Waits for an answer by hand' })
    await waiting.getByText('payload', { exact: true }).click()
    await waiting.getByText('show all 100,000 characters').waitFor()
    await looksRight(page, 'play')
    await page.setViewportSize(PHONE)
    expect(await isTooWide(page), 'a phone has to scroll sideways').toBe(false)
    await keepScreenshots(page, 'play-phone')
    expect(await hostileTraces(page)).toEqual([])

    await waiting.getByRole('button', { name: EVENT }).press('Enter')
    await shows(waiting.getByRole('status'), 'The event moved the saga. The saga is in checked.')
    expect(await page.evaluate('document.activeElement.getAttribute("role")'), 'the focus is on the answer').toBe(
      'status',
    )
    await page.getByText('by the play file, after 1.0 s to 2.0 s, 100 % get no answer').waitFor()
    await waiting.getByRole('button', { name: 'shipped…' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'parcel' }).fill('P')
    expect(await page.evaluate('location.hash')).toMatch(/^#\/play\/\d+\?event=shipped$/)
    await looksRight(page, 'play-answer')
    await dialog.getByRole('button', { name: 'Answer', exact: true }).click()
    await dialog.getByText(/^422: /).waitFor()
    await dialog.getByRole('textbox', { name: 'parcel' }).fill('P-17')
    await dialog.getByRole('button', { name: 'Answer', exact: true }).click()
    await dialog.getByText('The saga is in done.').waitFor()
    await page.keyboard.press('Escape')
    await waiting.getByText('No command waits.').waitFor()
    expect(faults.filter((line) => !line.includes('422'))).toEqual([])
    expect(violations).toEqual([])
    await close()
  })

  test('the clock is pushed to the next timer, and by hours and days, wherever one looks', async () => {
    const late = await dev.create('order-2')
    await dev.waiting(late)
    const { page, faults, violations, close } = await visit(browser, { url: `${url}#/sagas/${late}` })
    const clock = page.getByRole('region', { name: 'Clock of the play' })
    await clock.getByRole('button', { name: '+1 hour' }).press('Enter')
    await clock.getByText('1 h ahead').waitFor()
    await page.getByText('timer fires in 2 d 22 h').waitFor()
    await looksRight(page, 'play-saga')
    await clock.getByRole('button', { name: 'To the next timer' }).click()
    await page.getByText('Nothing: this is an end.').waitFor()
    await clock.getByText('No saga waits for a timer.').waitFor()
    await clock.getByRole('button', { name: '+3 days' }).click()
    await clock.getByText('6 d ahead').waitFor()
    await page.getByText('moved 3 d ago').waitFor()

    await page.evaluate('location.hash = "#/play/1"')
    await page.getByText('The command 1 waits no longer.').waitFor()
    await clock.getByRole('textbox', { name: 'or by' }).fill('a day')
    await clock.getByRole('button', { name: 'Push' }).click()
    await clock.getByText(/^400: found the time "a day"/).waitFor()
    expect(faults.filter((line) => !/status of 40[04]|\/(?:sagas\/|play\/commands)\S+ failed$/.test(line))).toEqual([])
    expect(violations).toEqual([])
    await close()
  })

  test('a page of another origin answers nothing and pushes no clock', async () => {
    const headers = { origin: 'http://elsewhere.test', 'content-type': 'text/plain' }
    const refused = await call(`${dev.url}/play/clock`, { headers, body: '{"forward":"P1D"}' })
    expect(refused).toMatchObject({ status: 400, json: { message: expect.stringContaining('application/json') } })
  })
})

async function looksRight(page: Page, title: string): Promise<void> {
  expect(await axeViolationsOfBoth(page)).toEqual([])
  await keepScreenshots(page, title)
}
