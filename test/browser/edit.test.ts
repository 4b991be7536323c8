import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Behaviour, Participant } from '../services/participant.ts'
import { startParticipant } from '../services/participant.ts'
import { describeBrowser, openBrowser } from '../services/browser.ts'
import { call } from '../services/client.ts'
import { Dev, PLAYED_SAGA } from '../services/dev.ts'
import { reservation } from '../services/reservation.ts'
import { Worker } from '../services/worker.ts'
import { axeViolationsOfBoth } from './kit/accessibility.ts'
import { hostileTraces, LONG, markup, UNUSUAL } from './kit/hostile-text.ts'
import { keepScreenshots } from './kit/screenshots.ts'
import { shows } from './kit/shown-text.ts'
import { giveToken, isTooWide, PHONE, visit } from './kit/visit.ts'
import type { Visit } from './kit/visit.ts'

const [API, READ] = ['the-api-token', 'the-read-token']
const BASE = '/flow-manager'
const SECRET = 'hunter2-in-plain-text'
const MOVED = { reservationCreated: 'reservationMade' }
const SILENT: Behaviour = () => ({})

function sagaFile(port: number): string {
  const file = reservation(port, (edited) => {
    for (const { configurations } of edited.communicationProtocols)
      configurations['headers'] = { authorization: SECRET }
  })
  return JSON.stringify(file)
}

const editorOf = (page: Page) => page.getByRole('textbox', { name: 'Text of saga.json' })
const stateOf = (page: Page, state: string) => page.locator(`[data-state="${state}"]`)
const findingsOf = (page: Page) => page.getByRole('region', { name: 'Findings' })
const liveOf = (page: Page) => page.getByRole('region', { name: 'Live sagas' })

/** Types a text in place of the one that is there. */
async function write(page: Page, change: (text: string) => string): Promise<void> {
  await editorOf(page).fill(change(await editorOf(page).inputValue()))
}

describeBrowser('C7 edit and see, in a browser', () => {
  let browser: Browser
  let participant: Participant
  let worker: Worker
  let url = ''
  beforeAll(async () => {
    browser = await openBrowser()
    participant = await startParticipant(SILENT)
    const environment = { BASE_PATH: BASE, API_TOKEN: API, READ_TOKEN: READ }
    worker = await Worker.start({ script: 'start', configuration: sagaFile(participant.port), environment })
    url = `${worker.url}${BASE}`
    for (const entity of ['order-1', 'order-2']) {
      const body = { associatedEntityId: entity, metadata: {} }
      await call(`${url}/saga`, { body, headers: { authorization: `Bearer ${API}` } })
    }
  })
  afterAll(async () => {
    await browser.close()
    await worker.stop()
    await participant.close()
  })

  async function open(): Promise<Visit> {
    const visited = await visit(browser, { url: `${url}/console#/edit` })
    await giveToken(visited.page, READ)
    await stateOf(visited.page, 'reservationCreated').waitFor()
    // The first answers were 401, which the browser writes as errors.
    visited.faults.length = 0
    return visited
  }

  test('C1.3 C2.6 READ_TOKEN is enough; it begins with the running file, valid and without secrets', async () => {
    const { page, faults, violations, close } = await open()
    await shows(findingsOf(page).getByRole('status'), '1 warning')
    await shows(liveOf(page), /This change strands no saga\./)
    const text = await editorOf(page).inputValue()
    expect(JSON.parse(text)).toMatchObject({ machineDefinition: { initialState: 'reservationCreated' } })
    expect(text).not.toMatch(/hunter2|redacted/i)
    await stateOf(page, 'reservationCreated').locator('[data-count="2"]').waitFor()
    expect(await axeViolationsOfBoth(page)).toEqual([])
    await keepScreenshots(page, 'console-edit')
    expect(faults).toEqual([])
    expect(violations).toEqual([])
    await close()
  })

  test('C2.8 P11 as one types: the picture, the findings with their places, and the sagas that would be stranded', async () => {
    const { page, faults, violations, close } = await open()
    await write(page, (text) => text.replaceAll('"reservationCreated"', '"reservationMade"'))
    await stateOf(page, 'reservationMade').waitFor()
    await shows(liveOf(page), /2 sagas in reservationCreated, a state that this file lacks: they are stranded\./)
    await write(page, (text) =>
      JSON.stringify({ ...(JSON.parse(text) as object), settings: { movedStates: MOVED } }, null, 2),
    )
    await shows(liveOf(page), /2 sagas in reservationCreated get the new name reservationMade with their next event\./)

    await write(page, (text) =>
      text.replace('"targetState": "reservationConfirmed"', '"targetState": "reservationConfirmd"'),
    )
    const finding = findingsOf(page).getByRole('article', { name: 'Problem state.unknown' })
    await shows(finding, /found "reservationConfirmd", expected .*perhaps "reservationConfirmed"/s)
    await stateOf(page, 'reservationConfirmed').waitFor()
    await finding.getByRole('button', { name: /^Line \d+:\d+$/ }).click()
    expect(await selectionIn(page)).toMatch(/^"reservationConfirmd"/)
    await keepScreenshots(page, 'console-edit-with-findings')
    expect(await axeViolationsOfBoth(page)).toEqual([])

    await write(page, (text) => `${text} ]`)
    await shows(findingsOf(page), /json\.syntax/)
    await page.getByText('The picture of an earlier text').waitFor()
    expect(await stateOf(page, 'reservationMade').count()).toBe(1)

    await page.getByRole('link', { name: 'Machine', exact: true }).click()
    await stateOf(page, 'reservationCreated').waitFor()
    await page.goBack()
    expect(await editorOf(page).inputValue(), 'the text is kept in the tab').toContain('reservationMade')
    await page.getByRole('button', { name: 'Running file' }).click()
    await shows(findingsOf(page).getByRole('status'), '1 warning')

    await page.setViewportSize(PHONE)
    await stateOf(page, 'reservationCreated').waitFor()
    expect(await isTooWide(page), 'a phone has to scroll sideways').toBe(false)
    expect(await axeViolationsOfBoth(page)).toEqual([])
    await keepScreenshots(page, 'console-edit-phone')
    expect(faults).toEqual([])
    expect(violations).toEqual([])
    await close()
  })

  test('C7 a file is opened; hostile texts are shown as texts, and no file is a picture by itself', async () => {
    const { page, faults, violations, close } = await open()
    const states = [
      {
        id: markup(0),
        isFinal: false,
        description: LONG,
        outgoingTransitions: [{ inputEvent: markup(2), targetState: markup(1) }],
      },
      { id: 'end', isFinal: true, description: UNUSUAL.join(' '), [markup(3)]: markup(4) },
    ]
    const buffer = Buffer.from(JSON.stringify({ machineDefinition: { initialState: markup(0), states } }))
    const input = page.locator('input[type=file]')
    await input.setInputFiles({ name: 'saga.json', mimeType: 'application/json', buffer })
    await stateOf(page, 'end').waitFor()
    await shows(findingsOf(page), /state\.unknown/)
    expect(await hostileTraces(page)).toEqual([])
    expect(await isTooWide(page)).toBe(false)
    await input.setInputFiles({
      name: 'picture.png',
      mimeType: 'image/png',
      buffer: Buffer.from([0x89, 0x50, 0xff, 0xfe]),
    })
    await page.getByText('picture.png cannot be read as UTF-8.').waitFor()
    expect(faults).toEqual([])
    expect(violations).toEqual([])
    await close()
  })

  test('C7 batuta dev --watch: the picture follows the file, whose text stays where it is', async () => {
    const dev = new Dev()
    const save = (text: string) => writeFileSync(join(dev.folder, 'saga.json'), text)
    try {
      await dev.start(['--watch'])
      const { page, faults, violations, close } = await visit(browser, { url: `${dev.url}/console#/edit` })
      await page.getByRole('link', { name: 'Show each of its changes' }).click()
      await stateOf(page, 'sent').waitFor()
      expect(await page.evaluate('location.hash')).toBe('#/edit?watch=file')
      save(JSON.stringify(PLAYED_SAGA).replaceAll('"sent"', '"shipping"'))
      await stateOf(page, 'shipping').waitFor()
      save('{')
      await shows(findingsOf(page), /json\.syntax/)
      await page.getByText('The picture of an earlier text').waitFor()
      expect(faults).toEqual([])
      expect(violations).toEqual([])
      await close()
    } finally {
      await dev.interrupt()
      dev.remove()
    }
  })
})

function selectionIn(page: Page): Promise<string> {
  return editorOf(page).evaluate((area) => {
    const { value, selectionStart, selectionEnd } = area as unknown as {
      value: string
      selectionStart: number
      selectionEnd: number
    }
    return value.slice(selectionStart, selectionEnd)
  })
}
