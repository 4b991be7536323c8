import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeBrowser } from '../services/browser.ts'
import { call } from '../services/client.ts'
import { restManager } from '../services/rest-manager.ts'
import { Worker } from '../services/worker.ts'
import { axeViolationsOfBoth } from './kit/accessibility.ts'
import { BROKEN, ConsoleStage, isFault, READ, sagaFile, SILENT } from './kit/console-visit.ts'
import { hostileTraces, LONG, markup, UNUSUAL } from './kit/hostile-text.ts'
import { keepScreenshots } from './kit/screenshots.ts'
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
