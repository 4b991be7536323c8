import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeBrowser } from '../services/browser.ts'
import { call } from '../services/client.ts'
import { restManager } from '../services/rest-manager.ts'
import { Worker } from '../services/worker.ts'
import { axeViolationsOfBoth } from './kit/accessibility.ts'
import { BROKEN, ConsoleStage, isFault, READ, sagaFile, SILENT } from './kit/console-visit.ts'
import { hostileTraces, LONG, markup, UNUSUAL } from './kit/hostile-text.ts'
import { keepScreenshots } from './kit/screenshots.ts'
import { shows } from './kit/shown-text.ts'
import { isTooWide, PHONE, visit } from './kit/visit.ts'

describeBrowser('C7 GET /console in a browser', () => {
  let stage: ConsoleStage
  beforeAll(async () => {
    stage = await ConsoleStage.open()
  })
  afterAll(() => stage.close())

  test('C1.3 READ_TOKEN shows everything and no action', async () => {
    const id = await stage.create('order-5')
    const { page, faults, close } = await stage.visit(`#/sagas/${id}`, READ)
    await page.getByRole('region', { name: 'History' }).waitFor()
    expect(await page.getByRole('button', { name: /…$/ }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Create', exact: true }).count()).toBe(0)
    expect(faults.filter(isFault)).toEqual([])
    await close()
  })

  test('P13 the history says of a side effect that it is not tracked', async () => {
    const id = await stage.create('order-6')
    const { page, violations, close } = await stage.visit(`#/sagas/${id}`)
    await page.route('**/machine-definition', async (route) => {
      const machine = (await (await route.fetch()).json()) as { states: object[] }
      Object.assign(machine.states[0] ?? {}, { sideEffects: [{ label: 'tellTheKitchen', channel: 'kitchen' }] })
      await route.fulfill({ json: machine })
    })
    await page.reload()
    const created = page.getByRole('region', { name: 'History' }).getByRole('listitem').first()
    await shows(created, /tellTheKitchen · kitchen side effect, tried once and not tracked/)
    await keepScreenshots(page, 'console-saga-side-effect')
    expect(violations).toEqual([])
    await close()
  })

  test('C1.3 without a token the page asks one question, and then for the token', async () => {
    const { page, faults, close } = await visit(stage.browser, { url: `${stage.url}/console#/` })
    await page.getByLabel('Token', { exact: true }).waitFor()
    expect(faults).toEqual([expect.stringContaining('401')])
    await close()
  })

  test('C7 of a drawing only known elements and attributes reach the page', async () => {
    const { page, violations, close } = await stage.visit('#/create')
    await page.route('**/machine.svg*', (route) =>
      route.fulfill({ contentType: 'image/svg+xml', body: FOREIGN_DRAWING }),
    )
    await page.evaluate(`location.hash = '#/'`)
    await page.locator('.canvas svg').first().waitFor()
    const [root, ...parts] = await page.evaluate<readonly string[]>(DRAWN)
    expect(root, 'the page fits it to the room of its parts').toMatch(
      /^svg class=fitted style=width: [\d.]+px; viewBox=[-\d ]+$/,
    )
    expect(parts).toEqual([
      'g data-state=reservationCreated role=button tabindex=0',
      'title kept',
      'rect fill=url(#own) height=9 width=9',
      'text x=1 kept',
      'tspan kept',
      'svg',
    ])
    expect(await hostileTraces(page)).toEqual([])
    // Its handlers are refused by the policy before they are taken out.
    expect(violations.filter((one) => !one.startsWith('script-src-attr refused inline'))).toEqual([])
    await close()
  })

  test('C7 hostile texts are shown as texts, on a phone too', async () => {
    stage.participant.behaves(SILENT)
    const entity = `${markup(1)} ${UNUSUAL.join(' ')}`
    const id = await stage.create(entity, {
      markup: markup(2),
      [markup(3)]: UNUSUAL,
      long: LONG,
      deep: { [markup(4)]: [markup(5)] },
    })
    const { page, faults, violations, close } = await stage.visit(`#/sagas/${id}`)
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

  test('C7 Trouble over a store that cannot list says so, and shows the saga that gets into trouble meanwhile', async () => {
    stage.participant.behaves(BROKEN)
    const manager = await restManager()
    const file = JSON.parse(sagaFile(stage.participant.port)) as object
    const persistencyManagement = { type: 'rest', configurations: manager.configurations }
    const other = await Worker.start({
      script: 'start',
      configuration: JSON.stringify({ ...file, persistencyManagement }),
    })
    try {
      const { page, violations, close } = await visit(stage.browser, { url: `${other.url}/console#/trouble` })
      await page.getByText('The store rest cannot list its sagas').waitFor()
      await page.getByText('No saga has got into trouble since.').waitFor()
      const { json } = await call(`${other.url}/saga`, { body: { associatedEntityId: 'order-7', metadata: {} } })
      const { sagaId: id } = json as { sagaId: string }
      await page.getByRole('link', { name: id }).waitFor()
      await page.getByText('in reservationCreated: 1 dead letter').waitFor()
      expect(await axeViolationsOfBoth(page)).toEqual([])
      await keepScreenshots(page, 'console-trouble-unlisted')
      expect(violations).toEqual([])
      await close()
    } finally {
      await other.stop()
      await manager.close()
    }
  })

  test.each(['start:deno', 'start:workerd'] as const)(
    'C7 %s: a saga is created and shown, a text checked and drawn',
    async (script) => {
      const other = await Worker.start({ script, configuration: sagaFile(stage.participant.port) })
      try {
        stage.participant.behaves(SILENT)
        const { page, faults, violations, close } = await visit(stage.browser, { url: `${other.url}/console#/create` })
        await page.getByLabel('Associated entity').fill('order-1')
        await page.getByRole('button', { name: 'Create' }).click()
        await page.getByRole('region', { name: 'History' }).getByText('reservationCreated').waitFor()
        await page.getByRole('link', { name: 'Edit', exact: true }).click()
        await page.locator('[data-state="reservationConfirmed"]').waitFor()
        await page.getByRole('textbox', { name: 'Text of saga.json' }).fill('{}')
        await page.getByText('machineDefinition: found').waitFor()
        if (script === 'start:workerd') {
          await page.getByText('cannot list or count sagas').waitFor()
          await page.getByRole('link', { name: 'Trouble', exact: true }).click()
          await page.getByText('It cannot watch for trouble either').waitFor()
          await page.getByLabel('Find by saga id').waitFor()
        }
        expect(faults.filter(isFault)).toEqual([])
        expect(violations).toEqual([])
        await close()
      } finally {
        await other.stop()
      }
    },
  )
})

const RUNS = 'globalThis.isHacked = 1'
const FOREIGN_DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" onload="${RUNS}">
<script>${RUNS}</script><style>text { fill: #222 }</style><!-- a comment -->
<g data-state="reservationCreated" onclick="${RUNS}"><title>kept</title>
<rect width="9" height="9" fill="url(#own)" stroke="url(http://127.0.0.1:9/stroke)" filter="url(http://127.0.0.1:9/filter)"/>
<a x:href="javascript:${RUNS}"><text>gone</text></a><use href="#own"/><image href="http://127.0.0.1:9/image"/>
<animate attributeName="x" onbegin="${RUNS}"/><text x="1">kept<script>${RUNS}</script><tspan onfocus="${RUNS}">kept</tspan></text></g>
<foreignObject><b xmlns="http://www.w3.org/1999/xhtml" onclick="${RUNS}">gone</b></foreignObject>
<img xmlns="http://www.w3.org/1999/xhtml" src="http://127.0.0.1:9/img" onerror="${RUNS}"/><svg onload="${RUNS}"/></svg>`

/** Each element of the drawing that the page shows, with the names of its attributes, and its own text. */
const DRAWN = `[...document.querySelector('.canvas').shadowRoot.querySelectorAll('*')].map((one) => [
  one.localName,
  ...[...one.attributes].map(({ name, value }) => name + '=' + value).toSorted(),
  ...[...one.childNodes].filter(({ nodeType }) => nodeType !== 1).map(({ data }) => data.trim()).filter((text) => text !== ''),
].join(' '))`
