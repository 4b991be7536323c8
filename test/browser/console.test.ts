import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONFIRMS, follows } from '../services/behaviour.ts'
import { describeBrowser, openBrowser } from '../services/browser.ts'
import { call, eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Behaviour, Participant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import { Worker } from '../services/worker.ts'
import { axeViolationsOfBoth } from './kit/accessibility.ts'
import { hostileTraces, LONG, markup, UNUSUAL } from './kit/hostile-text.ts'
import { keepScreenshots } from './kit/screenshots.ts'
import { giveToken, isTooWide, PHONE, visit } from './kit/visit.ts'
import type { Visit } from './kit/visit.ts'

const [API, READ] = ['the-api-token', 'the-read-token']
const BASE = '/flow-manager'
const MANY = 40

const WORKS = follows(CONFIRMS)
const BROKEN: Behaviour = () => ({ status: 503, body: 'the till is jammed' })
const SILENT: Behaviour = () => ({})

/** The reservation whose commands are given up after one answer, and whose early events are parked. */
function sagaFile(port: number): string {
  const file = reservation(port, (edited) => {
    edited.settings = { unexpectedEvents: 'park' }
    for (const { configurations } of edited.communicationProtocols) configurations['retry'] = { attempts: 1 }
    const [first] = edited.machineDefinition.states
    for (const transition of first?.outgoingTransitions ?? []) {
      const seats = { type: 'integer', minimum: 1 }
      Object.assign(transition, { payloadValidationSchema: { type: 'object', properties: { seats } } })
    }
  })
  return JSON.stringify(file)
}

function create(url: string, entity: string, metadata: object = {}): Promise<string> {
  const body = { associatedEntityId: entity, metadata }
  const headers = { authorization: `Bearer ${API}` }
  return call(`${url}/saga`, { body, headers }).then(({ json }) => (json as { sagaId: string }).sagaId)
}

async function open(browser: Browser, url: string, place: string, token = API): Promise<Visit> {
  const visited = await visit(browser, { url: `${url}/console${place}` })
  await giveToken(visited.page, token)
  // The first answers were 401, which the browser writes as errors.
  await visited.page.getByRole('navigation', { name: 'Places' }).waitFor()
  visited.faults.length = 0
  return visited
}

/** Carries an action out in its dialog. */
async function carryOut(page: Page, action: RegExp, verb: string): Promise<void> {
  await page.getByRole('button', { name: action }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/^Reason/).fill('it is mended')
  await dialog.getByLabel('Your name').fill('zoe')
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await dialog.getByText('Done.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
}

describeBrowser('C7 GET /console in a browser', () => {
  let browser: Browser
  let participant: Participant
  let worker: Worker
  let url = ''
  beforeAll(async () => {
    browser = await openBrowser()
    participant = await startParticipant(WORKS)
    const environment = { BASE_PATH: BASE, API_TOKEN: API, READ_TOKEN: READ }
    worker = await Worker.start({ script: 'start', configuration: sagaFile(participant.port), environment })
    url = `${worker.url}${BASE}`
    participant.reports(url, { authorization: `Bearer ${API}` })
  })
  afterAll(async () => {
    await browser.close()
    await worker.stop()
    await participant.close()
  })

  test('C7 a saga is created and followed to its end', async () => {
    participant.behaves(WORKS)
    const { page, faults, violations, close } = await open(browser, url, '#/create')
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.getByLabel('Associated entity').fill('order-1')
    await page.getByLabel('metadata, as JSON').fill('{ "guests": 2, "sum": 12345678901234567890 }')
    const sent = page.waitForRequest((request) => request.method() === 'POST')
    await page.getByRole('button', { name: 'Create' }).click()
    expect((await sent).postData(), 'digits as they were typed').toContain('12345678901234567890')
    await page.getByText('Nothing: this is an end.').waitFor()
    const history = page.getByRole('region', { name: 'History' })
    await history.getByRole('listitem').nth(2).waitFor()
    expect(await history.getByRole('listitem').count()).toBe(3)
    expect(await axeViolationsOfBoth(page)).toEqual([])
    await keepScreenshots(page, 'console-saga')
    expect(await page.getByRole('link', { name: 'Play', exact: true }).count(), 'a play is of batuta dev alone').toBe(0)
    expect(asked.filter((path) => path.includes('/play'))).toEqual([])
    expect(faults.filter(isFault)).toEqual([])
    expect(violations).toEqual([])
    await close()
  })

  test('C7 P25 a stuck saga is found under its cause and mended', async () => {
    participant.behaves(BROKEN)
    const id = await create(url, 'order-2')
    const { page, violations, close } = await open(browser, url, '#/trouble')
    const cause = page.getByRole('article', { name: /in reservationCreated/ })
    await cause.getByText('answered 503 “the till is jammed”').waitFor()
    expect(await axeViolationsOfBoth(page)).toEqual([])
    await keepScreenshots(page, 'console-trouble')
    await cause.getByRole('link', { name: 'order-2' }).click()
    await page.getByText('was not delivered: 1 attempt, last answer 503').waitFor()
    await keepScreenshots(page, 'console-saga-in-trouble')
    participant.behaves(WORKS)
    await carryOut(page, /^Redeliver…/, 'Redeliver')
    await page.getByText('Nothing: this is an end.').waitFor()
    await page.getByText('redeliver by zoe: “it is mended”').waitFor()
    expect(await page.evaluate('location.hash')).toBe(`#/sagas/${id}`)
    await page.goBack()
    await page.getByRole('heading', { name: 'Trouble' }).waitFor()
    expect(violations).toEqual([])
    await close()
  })

  test('P25 many sagas are mended at once: trial, progress, one result a saga', async () => {
    participant.behaves(BROKEN)
    await Promise.all(Array.from({ length: MANY }, (_, n) => create(url, `many-${n}`)))
    const { page, close } = await open(browser, url, '#/trouble')
    await page.getByRole('article', { name: `${MANY} sagas in reservationCreated` }).waitFor()
    participant.behaves(WORKS)
    await page.getByRole('button', { name: 'Redeliver all…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(`It finds ${MANY} sagas`).waitFor()
    await dialog.getByLabel(/^Reason/).fill('the till is mended')
    await dialog.getByRole('button', { name: `Redeliver ${MANY} sagas` }).click()
    await page.getByText(`· ${MANY} done`).waitFor() // an id may end with the same digits
    const results = page.getByRole('region', { name: 'Results' })
    await results
      .getByRole('listitem')
      .nth(MANY - 1)
      .waitFor()
    expect(await results.getByRole('listitem').count()).toBe(MANY)
    await page.getByRole('link', { name: 'Back to the trouble' }).click()
    await page.getByText('No saga needs a person.').waitFor()
    await close()
  })

  test('P10 an early event is shown, and dropped', async () => {
    participant.behaves(SILENT)
    const id = await create(url, 'order-3')
    const early = { key: id, value: { messageLabel: 'checkOK', messagePayload: { seat: 7 } } }
    await call(`${url}/event`, { body: early, headers: { authorization: `Bearer ${API}` } })
    const { page, close } = await open(browser, url, `#/sagas/${id}`)
    await page.getByText('parked', { exact: false }).first().waitFor()
    await carryOut(page, /^Drop…/, 'Drop')
    await eventually(async () => ((await page.getByRole('button', { name: 'Drop…' }).count()) === 0 ? true : undefined))
    await close()
  })

  test('C2.6 an event that the state lists is sent by the form of its schema', async () => {
    participant.behaves(SILENT)
    const id = await create(url, 'order-4')
    const { page, close } = await open(browser, url, `#/sagas/${id}`)
    await page.getByRole('button', { name: 'Send an event…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Event' }).selectOption('validationOK')
    await dialog.getByRole('textbox', { name: 'seats' }).fill('0')
    await dialog.getByLabel(/^Reason/).fill('the participant is away')
    await dialog.getByRole('button', { name: 'Send', exact: true }).click()
    await dialog.getByText(/^409: /).waitFor()
    await dialog.getByRole('textbox', { name: 'seats' }).fill('3')
    await dialog.getByRole('button', { name: 'Send', exact: true }).click()
    await dialog.getByText('Done.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('step 2 · validationOK').waitFor()
    await close()
  })

  test('C1.3 READ_TOKEN shows everything and no action', async () => {
    const id = await create(url, 'order-5')
    const { page, faults, close } = await open(browser, url, `#/sagas/${id}`, READ)
    await page.getByRole('region', { name: 'History' }).waitFor()
    expect(await page.getByRole('button', { name: /…$/ }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Create', exact: true }).count()).toBe(0)
    expect(faults.filter(isFault)).toEqual([])
    await close()
  })

  test('C7 hostile texts are shown as texts, on a phone too', async () => {
    participant.behaves(SILENT)
    const entity = `${markup(1)} ${UNUSUAL.join(' ')}`
    const id = await create(url, entity, {
      markup: markup(2),
      [markup(3)]: UNUSUAL,
      long: LONG,
      deep: { [markup(4)]: [markup(5)] },
    })
    const { page, faults, violations, close } = await open(browser, url, `#/sagas/${id}`)
    await page.getByText('show all 100,000 characters').waitFor()
    expect(await hostileTraces(page)).toEqual([])
    await page.setViewportSize(PHONE)
    expect(await isTooWide(page), 'a phone has to scroll sideways').toBe(false)
    await keepScreenshots(page, 'console-saga-phone')
    for (const place of ['#/sagas', '#/', '#/trouble', '#/create']) {
      await page.evaluate(`location.hash = ${JSON.stringify(place)}`)
      await page.getByRole('navigation', { name: 'Places' }).waitFor()
      await page.locator('main .card, main .cause, main .calm').first().waitFor()
      expect(await isTooWide(page), place).toBe(false)
      expect(await axeViolationsOfBoth(page), place).toEqual([])
      await keepScreenshots(page, `console-phone-${place}`)
    }
    expect(await hostileTraces(page)).toEqual([])
    expect(faults.filter(isFault)).toEqual([])
    expect(violations).toEqual([])
    await close()
  })

  test('C7 the page says that the service is away, and goes on when it is back', async () => {
    const { page, close } = await open(browser, url, '#/sagas')
    await page.getByRole('link', { name: /…/ }).first().waitFor()
    await worker.kill()
    await page.getByText('The service gives no answer.').waitFor()
    await worker.start()
    await page.getByText('The service answers again.').waitFor()
    await create(url, 'after-the-restart')
    await page.getByText('after-the-restart').waitFor()
    await close()
  })

  test.each(['start:deno', 'start:workerd'] as const)('C7 %s: a saga is created and shown', async (script) => {
    const other = await Worker.start({ script, configuration: sagaFile(participant.port) })
    try {
      participant.behaves(SILENT)
      const { page, faults, violations, close } = await visit(browser, { url: `${other.url}/console#/create` })
      await page.getByLabel('Associated entity').fill('order-1')
      await page.getByRole('button', { name: 'Create' }).click()
      await page.getByRole('region', { name: 'History' }).getByText('reservationCreated').waitFor()
      expect(faults.filter(isFault)).toEqual([])
      expect(violations).toEqual([])
      await close()
    } finally {
      await other.stop()
    }
  })
})

/**
 * A refusal that the page shows is no fault, although the browser writes each as an error. Neither is a request that ends with its
 * place, nor the 204 by which a stream says that nothing comes any more.
 */
function isFault(text: string): boolean {
  return !/status of (?:404|501)|\/sagas\/\S+ failed$|\/watch failed$/.test(text)
}
