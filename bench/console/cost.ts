import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { inTurns, LoadedService, shownCost, shownLoad } from '../flow/loaded-service.ts'
import { DRAFT_STATES, Editor } from './editor.ts'
import { say, shownTimes } from './stage.ts'
import type { ConsoleTrial } from './stage.ts'

/** Pages that are open at the machine. */
const PAGES = 5

/**
 * What the console costs the service: sagas a second as fast as it carries them, and its processor time of each, of a service without a
 * page, of one with 5 open pages of the machine, and of one whose saga.json a person edits, a draft of 60 states a second; in turns. The
 * browser and the load share the machine with the service, so that the processor time is the measure of the pages, and their sagas/s have
 * the browser's share of the cores in them.
 */
export async function cost({ browser, folder, isQuick }: ConsoleTrial): Promise<void> {
  const start = (name: string) => LoadedService.start(join(folder, name))
  const [alone, watched, edited] = [await start('alone'), await start('watched'), await start('edited')]
  const contexts = await Promise.all(Array.from({ length: PAGES }, () => browser.newContext()))
  try {
    const seconds = isQuick ? 2 : 8
    for (const service of [alone, watched, edited]) await service.measure(seconds) // code is compiled
    await Promise.all(contexts.map((context) => openMachine(context, watched.url)))
    const editor = new Editor(edited.url)
    const measured = { alone, watched, edited: { measure: () => editor.during(() => edited.measure(seconds)) } }
    const figures = await inTurns(measured, { rounds: isQuick ? 4 : 8, seconds })
    say(`console, cost: without a page ${shownLoad(figures.alone)}`)
    say(`  with ${PAGES} pages of the machine ${shownLoad(figures.watched)}`)
    say(`    ${shownCost(figures.watched, figures.alone)}`)
    say(`  with a draft of ${DRAFT_STATES} states a second ${shownLoad(figures.edited)}`)
    say(`    ${shownCost(figures.edited, figures.alone)}`)
    say(
      `    a draft is answered: ${shownTimes(editor.took)}; of ${editor.took.length + editor.refused}, ${editor.refused} were 503`,
    )
  } finally {
    for (const context of contexts) await context.close()
    for (const service of [alone, watched, edited]) await service.stop()
  }
}

/** In a window of its own, since a page behind another one asks for nothing. */
async function openMachine(context: BrowserContext, url: string): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${url}/console`)
  await page.getByRole('list', { name: 'The service in numbers' }).waitFor()
  if (await page.evaluate<boolean>('document.hidden'))
    throw new Error('open a page: it is hidden, expected a window of its own')
}
