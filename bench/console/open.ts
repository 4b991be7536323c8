import { setTimeout as pause } from 'node:timers/promises'
import type { CDPSession, Page } from 'playwright-core'
import { AnsweringParticipant } from '../../test/services/overload/answering-participant.ts'
import { flood } from '../../testing/load/flood.ts'
import { processorSeconds } from '../../testing/load/figures.ts'
import { start } from '../flow/stage.ts'
import { say, shownTimes } from './stage.ts'
import type { ConsoleTrial } from './stage.ts'

/** Each saga is two steps. */
const STEPS_A_SECOND = 500
const MINUTES = { quick: 2, whole: 10 }
/** Looks at the heap after the first one. */
const LOOKS = 10
/** Milliseconds before the first look: code is compiled, tables have their size. */
const WARM_UP = 20_000
/** The pages that are left open. The browser draws only the one in front: it is the last of them, and each while it is looked at. */
const PLACES = { sagas: '#/sagas', trouble: '#/trouble', machine: '#/' } as const

/**
 * Pages that are left open while 500 steps a second go through the service: the heap after a collection, nodes of the document and
 * listeners, at the beginning and later; and how long a page takes to draw the next frame, and to go to another place and back.
 */
export async function open({ browser, folder, isQuick }: ConsoleTrial): Promise<void> {
  const participant = await AnsweringParticipant.open()
  const worker = await start(folder, [{ id: 'desk', port: participant.port }])
  const context = await browser.newContext()
  try {
    await participant.answers(worker.url)
    const minutes = isQuick ? MINUTES.quick : MINUTES.whole
    const seconds = minutes * 60
    const load = flood({ url: worker.url, rate: STEPS_A_SECOND / 2, sockets: 64, seconds: seconds + WARM_UP / 1_000 })
    const pages = await Promise.all(
      Object.entries(PLACES).map(([name, place]) =>
        OpenPage.open(context, { name, url: `${worker.url}/console${place}` }),
      ),
    )
    await pause(WARM_UP)
    const [cpu, { answered }] = [processorSeconds(worker.pid), await participant.seen()]
    for (const page of pages) await page.look()
    for (let look = 0; look < LOOKS; look++) {
      await pause((seconds * 1_000) / LOOKS)
      for (const page of pages) await page.look()
    }
    const steps = (2 * ((await participant.seen()).answered - answered)) / seconds
    const used = ((processorSeconds(worker.pid) - cpu) * 100) / seconds
    say(
      `console, open for ${minutes} minutes at ${steps.toFixed(0)} steps/s; the service used ${used.toFixed(0)} % of a core`,
    )
    for (const page of pages) await page.tell()
    await load
  } finally {
    await context.close()
    await worker.stop()
    participant.close()
  }
}

interface Look {
  /** KiB. */
  readonly heap: number
  readonly nodes: number
  readonly listeners: number
}

class OpenPage {
  readonly #name: string
  readonly #page: Page
  readonly #session: CDPSession
  readonly #looks: Look[] = []
  readonly #frames: number[] = []
  readonly #errors: string[] = []

  private constructor(name: string, page: Page, session: CDPSession) {
    this.#name = name
    this.#page = page
    this.#session = session
    page.on('pageerror', ({ message }) => this.#errors.push(message))
  }

  static async open(
    context: { newPage(): Promise<Page> },
    { name, url }: { readonly name: string; readonly url: string },
  ): Promise<OpenPage> {
    const page = await context.newPage()
    const session = await page.context().newCDPSession(page)
    const opened = new OpenPage(name, page, session)
    await page.goto(url)
    await page.getByRole('navigation', { name: 'Places' }).waitFor()
    return opened
  }

  async look(): Promise<void> {
    await this.#session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await this.#session.send('Runtime.getHeapUsage')
    const { nodes, jsEventListeners } = await this.#session.send('Memory.getDOMCounters')
    this.#looks.push({ heap: usedSize / 1_024, nodes, listeners: jsEventListeners })
    await this.#page.bringToFront()
    await this.#page.evaluate(NEXT_FRAME) // from now on it is drawn
    this.#frames.push(await this.#page.evaluate<number>(NEXT_FRAME))
  }

  async tell(): Promise<void> {
    const [first, ...later] = this.#looks
    const heaps = later.map(({ heap }) => heap.toFixed(0)).join(', ')
    await this.#page.bringToFront()
    await this.#page.evaluate(NEXT_FRAME)
    const moves: number[] = []
    for (const place of ['#/create', PLACES[this.#name as keyof typeof PLACES]])
      moves.push(await this.#page.evaluate<number>(goTo(place)))
    const last = later.at(-1)
    say(`  ${this.#name}: heap ${first?.heap.toFixed(0)} KiB, then ${heaps}`)
    say(
      `    nodes ${first?.nodes}, at last ${last?.nodes}; listeners ${first?.listeners}, at last ${last?.listeners}; errors ${this.#errors.length}`,
    )
    say(
      `    the next frame: ${shownTimes(this.#frames)}; to another place and back: ${moves.map((took) => took.toFixed(0)).join(' and ')} ms`,
    )
  }
}

const NEXT_FRAME = `new Promise((resolve) => {
  const begun = performance.now()
  setTimeout(() => requestAnimationFrame(() => resolve(performance.now() - begun)))
})`

/** Runs in the page: goes to a place, and resolves with the milliseconds until a frame shows it. */
function goTo(place: string): string {
  return `new Promise((resolve) => {
    const begun = performance.now()
    const before = document.querySelector('#main').firstElementChild
    const look = () => {
      const now = document.querySelector('#main').firstElementChild
      if (now !== null && now !== before) resolve(performance.now() - begun)
      else if (performance.now() - begun > 10_000) resolve(NaN)
      else requestAnimationFrame(look)
    }
    location.hash = ${JSON.stringify(place)}
    requestAnimationFrame(look)
  })`
}
