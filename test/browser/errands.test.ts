import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeBrowser } from '../services/browser.ts'
import { axeViolationsOfBoth } from './kit/accessibility.ts'
import { BROKEN, carryOut, ConsoleStage, isFault, SILENT, WORKS } from './kit/console-visit.ts'
import { keepScreenshots } from './kit/screenshots.ts'

const MANY = 200
/** Results of a bulk operation on one page. */
const RESULTS = 100

/** Begins a bulk operation in its dialog, after the trial has found so many sagas, and waits for its end. */
async function mend(page: Page, sagas: number): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByText(`It finds ${sagas} sagas`).waitFor()
  await dialog.getByLabel(/^Reason/).fill('the till is mended')
  await dialog.getByRole('button', { name: `Redeliver ${sagas} sagas` }).click()
  await page.getByText(`· ${sagas} done`).waitFor() // an id may end with the same digits
}

describeBrowser('errands of a person in the console', () => {
  let stage: ConsoleStage
  beforeAll(async () => {
    stage = await ConsoleStage.open()
  })
  afterAll(() => stage.close())

  test('C7 a saga is created and followed to its end', async () => {
    stage.participant.behaves(WORKS)
    const { page, faults, violations, close } = await stage.visit('#/create')
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
    stage.participant.behaves(BROKEN)
    const id = await stage.create('order-2')
    await stage.givenUp(1)
    const { page, violations, close } = await stage.visit('#/trouble')
    const cause = page.getByRole('article', { name: /in reservationCreated/ })
    await cause.getByText('answered 503 “the till is jammed”').waitFor()
    expect(await axeViolationsOfBoth(page)).toEqual([])
    await keepScreenshots(page, 'console-trouble')
    await cause.getByRole('link', { name: 'order-2' }).click()
    await page.getByText('was not delivered: 1 attempt, last answer 503').waitFor()
    await keepScreenshots(page, 'console-saga-in-trouble')
    stage.participant.behaves(WORKS)
    await carryOut(page, /^Redeliver…/, 'Redeliver')
    await page.getByText('Nothing: this is an end.').waitFor()
    await page.getByText('redeliver by zoe: “it is mended”').waitFor()
    expect(await page.evaluate('location.hash')).toBe(`#/sagas/${id}`)
    await page.goBack()
    await page.getByRole('heading', { name: 'Trouble' }).waitFor()
    expect(violations).toEqual([])
    await close()
  })

  test('P25 two hundred sagas are mended at once: trial, progress, one result a saga', async () => {
    stage.participant.behaves(BROKEN)
    await Promise.all(Array.from({ length: MANY }, (_, n) => stage.create(`many-${n}`)))
    await stage.givenUp(MANY)
    const { page, violations, close } = await stage.visit('#/trouble')
    await page.getByRole('article', { name: `${MANY} sagas in reservationCreated` }).waitFor()
    stage.participant.behaves(WORKS)
    await page.getByRole('button', { name: 'Redeliver all…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(`It finds ${MANY} sagas`).waitFor()
    await dialog.getByLabel(/^Reason/).fill('the till is mended')
    await dialog.getByRole('button', { name: `Redeliver ${MANY} sagas` }).click()
    await page.getByText(`of ${MANY} sagas`).waitFor()
    await keepScreenshots(page, 'console-operation')
    await page.getByText(`· ${MANY} done`).waitFor() // an id may end with the same digits
    const results = page.getByRole('region', { name: 'Results' })
    const seen = new Set(await results.getByRole('link', { name: '…' }).allInnerTexts())
    expect(seen.size).toBe(RESULTS)
    await results.getByRole('button', { name: 'More' }).click()
    await results.getByRole('button', { name: 'First' }).and(page.locator(':enabled')).waitFor()
    for (const saga of await results.getByRole('link', { name: '…' }).allInnerTexts()) seen.add(saga)
    expect(seen.size, 'one result a saga').toBe(MANY)
    await page.getByRole('link', { name: 'Back to the trouble' }).click()
    await page.getByText('No saga needs a person.').waitFor()
    expect(violations).toEqual([])
    await close()
  })

  test('P25 sagas of one last answer are mended, and no others of their state', async () => {
    let asked = 0
    stage.participant.behaves((command) =>
      ++asked <= 2 ? BROKEN(command) : { status: 422, body: `seat ${asked} is taken` },
    )
    await Promise.all([1, 2, 3, 4, 5].map((n) => stage.create(`seat-${n}`)))
    await stage.givenUp(5)
    const { page, close } = await stage.visit('#/trouble')
    const all = page.getByRole('article', { name: '5 sagas in reservationCreated' })
    const group = all.getByRole('listitem').filter({ hasText: 'answered 422 “seat # is taken”' })
    await group.getByText('3', { exact: true }).waitFor()
    await keepScreenshots(page, 'console-trouble-answers')
    stage.participant.behaves(WORKS)
    await group.getByRole('button', { name: 'Redeliver these…' }).click()
    await mend(page, 3)
    await page.getByRole('link', { name: 'Back to the trouble' }).click()
    await page.getByRole('article', { name: '2 sagas in reservationCreated' }).getByText('till is jammed').waitFor()
    await page.getByRole('button', { name: 'Redeliver all…' }).click()
    await mend(page, 2)
    await close()
  })

  test('P10 an early event is shown, and dropped', async () => {
    stage.participant.behaves(SILENT)
    const id = await stage.create('order-3')
    await stage.event(id, 'checkOK', { seat: 7 })
    const { page, close } = await stage.visit(`#/sagas/${id}`)
    await page.getByText('parked', { exact: false }).first().waitFor()
    await carryOut(page, /^Drop…/, 'Drop')
    await page.getByRole('button', { name: 'Drop…' }).waitFor({ state: 'detached' })
    await page.getByText('drop-parked by zoe: “it is mended”').waitFor()
    await close()
  })

  test('C2.6 P25 an event that the state lists is sent by the form of its schema', async () => {
    stage.participant.behaves(SILENT)
    const id = await stage.create('order-4')
    const { page, close } = await stage.visit(`#/sagas/${id}`)
    await page.getByRole('button', { name: 'Send an event…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/^Reason/).fill('the participant is away')
    await dialog.getByLabel('Your name').fill('zoe')
    await dialog.getByRole('combobox', { name: 'Event' }).selectOption('validationOK')
    await dialog.getByRole('textbox', { name: 'seats' }).fill('0')
    await dialog.getByRole('button', { name: 'Send', exact: true }).click()
    await dialog.getByText(/^409: .*seats/).waitFor()
    await dialog.getByRole('textbox', { name: 'seats' }).fill('3')
    await dialog.getByRole('button', { name: 'Send', exact: true }).click()
    await dialog.getByText('Done.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('step 2 · validationOK').waitFor()
    await page.getByText('send-event by zoe: “the participant is away”').waitFor()
    await page.getByText('changed seats').waitFor()
    await page.reload()
    await page.getByText('step 2 · validationOK').waitFor()
    await close()
  })

  test('C7 the page says that the service is away, and follows the saga when it is back', async () => {
    stage.participant.behaves(SILENT)
    const id = await stage.create('order-5')
    const { page, close } = await stage.visit(`#/sagas/${id}`)
    await page.getByText('live', { exact: true }).waitFor()
    await stage.worker.kill()
    await page.getByText('The service gives no answer.').waitFor()
    await keepScreenshots(page, 'console-away')
    await stage.worker.start()
    await stage.event(id, 'validationOK', { seats: 2 })
    const back = page.getByText('The service answers again.')
    await Promise.all([back.waitFor(), page.getByText('step 2 · validationOK').waitFor()])
    await page.getByText('live', { exact: true }).waitFor()
    await close()
  })
})
