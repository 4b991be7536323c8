import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { describeBrowser, openBrowser } from '../services/browser.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerScript } from '../services/worker.ts'
import { ROOT } from '../walls/tools.ts'
import { axeViolationsOfBoth } from './kit/accessibility.ts'
import { hostileTraces, LONG, markup, UNUSUAL } from './kit/hostile-text.ts'
import { keepScreenshots } from './kit/screenshots.ts'
import { shows } from './kit/shown-text.ts'
import { giveToken, isTooWide, PHONE, visit } from './kit/visit.ts'
import type { Visit } from './kit/visit.ts'

const TOKEN = 'the-api-token'

interface Row {
  readonly script: WorkerScript
  readonly basePath: string
  readonly environment: Readonly<Record<string, string>>
}

const ROWS: readonly Row[] = [
  { script: 'start', basePath: '/flow-manager', environment: { BASE_PATH: '/flow-manager', API_TOKEN: TOKEN } },
  { script: 'start:deno', basePath: '', environment: {} },
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

  test.each(ROWS)('C7 $script: a saga of hostile texts is created, moved and read on the page', async (row) => {
    const { script, basePath, environment } = row
    const worker = await Worker.start({ script, configuration: hostileSaga(), environment })
    try {
      const visited = await visit(browser, { url: `${worker.url}${basePath}/documentation` })
      const { page, faults, violations } = visited
      if ('API_TOKEN' in environment) await enterTokens(visited)
      await createSaga(page)
      await moveSaga(page)
      await readSaga(page)

      expect(await axeViolationsOfBoth(page)).toEqual([])
      await keepScreenshots(page, `documentation-${script}`)
      await page.setViewportSize(PHONE)
      expect(await isTooWide(page), 'a phone has to scroll sideways').toBe(false)
      await keepScreenshots(page, `documentation-${script}-phone`)
      expect(await hostileTraces(page)).toEqual([])
      expect(faults).toEqual([])
      expect(violations).toEqual([])
      await visited.close()
    } finally {
      await worker.stop()
    }
  })

  test('C7 the page runs no script but its own', async () => {
    const worker = await Worker.start({ script: 'start', configuration: hostileSaga() })
    try {
      const { page, violations, close } = await visit(browser, { url: `${worker.url}/documentation` })
      await card(page, 'Create a saga').waitFor()
      await page.evaluate(INJECTED)
      for (const directive of ['require-trusted-types-for', 'style-src-attr']) {
        await expect.poll(() => violations).toContainEqual(expect.stringMatching(`^${directive} `))
      }
      expect(await hostileTraces(page)).toEqual([])
      await close()
    } finally {
      await worker.stop()
    }
  })
})

/** A script, the handler of an event and a style that are not the page's own. */
const INJECTED = `
  const tries = [
    () => document.body.append(Object.assign(document.createElement('script'), { text: 'isHacked = 1' })),
    () => document.body.setAttribute('onclick', 'isHacked = 2'),
    () => document.body.insertAdjacentHTML('beforeend', '<b data-hostile>'),
    () => document.body.setAttribute('style', 'color: red'),
  ]
  for (const attempt of tries) try { attempt() } catch {}
  document.body.click()`

/** The reservation with markup as descriptions and as a further event, and with a state of unusual characters. */
function hostileSaga(): string {
  const written = JSON.parse(readFileSync(join(ROOT, 'examples/reservation/saga.json'), 'utf8')) as {
    machineDefinition: MachineDefinition
  }
  const { states, ...machine } = written.machineDefinition
  const [first, ...others] = states.map((state, n) => ({ ...state, description: markup(n) }))
  const events = [0, 1, 2, 3].map((n) => ({ inputEvent: markup(n), targetState: UNUSUAL[n % 2] ?? '' }))
  const hostile = {
    ...machine,
    states: [
      { ...first, outgoingTransitions: [...(first?.outgoingTransitions ?? []), ...events] },
      ...others,
      ...UNUSUAL.slice(0, 2).map((id, n) => ({ id, description: markup(n), isFinal: true })),
    ],
  }
  return JSON.stringify({ ...written, machineDefinition: hostile })
}

const ENTITY = `${markup(1)} ${UNUSUAL.join(' ')}`

async function createSaga(page: Page): Promise<void> {
  const create = card(page, 'Create a saga')
  await create.getByLabel('associatedEntityId').fill(ENTITY)
  const texts = JSON.stringify({ markup: markup(2), [markup(3)]: UNUSUAL, long: LONG })
  await create.getByLabel('metadata').fill(`{ "seats": 3, "sum": 12345678901234567890, "texts": ${texts} }`)
  const sent = page.waitForRequest((request) => request.method() === 'POST')
  expect(await send(create)).toMatch(/^200 /)
  expect((await sent).postData(), 'digits as they were typed').toContain('12345678901234567890')
}

async function moveSaga(page: Page): Promise<void> {
  const { sagaId } = JSON.parse(await bodyOf(card(page, 'Create a saga'))) as { sagaId: string }
  const event = card(page, 'Send an event to a saga')
  expect(await event.getByLabel('key', { exact: false }).first().inputValue()).toBe(sagaId)
  const offered = await page.evaluate<string[]>(OFFERED)
  expect(offered, 'labels of the machine, as they are').toEqual(expect.arrayContaining([markup(0), markup(3)]))
  await event.getByLabel('value.messageLabel').fill('validationOK')
  expect(await send(event)).toMatch(/^200 /)
  expect(JSON.parse(await bodyOf(event))).toEqual({ outcome: 'moved', sagaId, currentState: 'reservationValidated' })
}

/** Values that fields of the page offer. */
const OFFERED = `[...document.querySelectorAll('datalist option')].map(({ value }) => value)`

async function readSaga(page: Page): Promise<void> {
  const read = card(page, 'Read a saga')
  expect(await send(read)).toMatch(/^200 /)
  const texts = { markup: markup(2), [markup(3)]: UNUSUAL, long: LONG }
  const saga = { associatedEntityId: ENTITY, currentState: 'reservationValidated', metadata: { seats: 3, texts } }
  expect(JSON.parse(await bodyOf(read))).toMatchObject(saga)
}

/** The first answer is 401, which the browser writes as an error; the page asks for the token then. */
async function enterTokens({ page, faults }: Visit): Promise<void> {
  await giveToken(page, 'wrong')
  await shows(page.getByRole('status'), 'This token does not open the description.')
  await giveToken(page, TOKEN)
  await card(page, 'Create a saga').waitFor()
  expect(faults.splice(0)).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('401 (Unauthorized)')))
}
