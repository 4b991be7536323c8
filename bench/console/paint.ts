import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { generatedMachine } from '../../testing/load/generated-machine.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { closedPort } from '../../test/services/backlog/stage.ts'
import { deskChannel, startService } from '../flow/start-service.ts'
import { filled } from '../scale/fill.ts'
import { say, shownTimes } from './stage.ts'
import type { ConsoleTrial } from './stage.ts'

const SAGAS = 100_000
/** States of the machine, beside those of the sagas. */
const STATES = 57
const PAINT_TARGET = 300
const PAGE_TARGET = 20

/**
 * The page with 100,000 sagas in SQLite: milliseconds from the beginning of its navigation to its first paint, to its frame with the
 * places, to the picture and to the numbers; of the first load, for which the service draws the picture, and of later ones. Then the
 * requests that it makes, one by one.
 */
export async function paint({ browser, folder, isQuick }: ConsoleTrial): Promise<void> {
  await (await filled({ store: 'sqlite', shape: 'few', sagas: SAGAS, path: join(folder, 'batuta.sqlite') })).close()
  const machineDefinition = machineOfSagas()
  const communicationProtocols = [deskChannel({ id: 'desk', port: await closedPort() })]
  const worker = await startService(folder, { machineDefinition, communicationProtocols })
  try {
    say(`console, ${SAGAS} sagas in SQLite, a machine of ${machineDefinition.states.length} states`)
    const first = await load(browser, worker.url)
    say(
      `  the first load of the service: ${MOMENTS.map((moment) => `${moment} ${first[moment].toFixed(0)}`).join(', ')} ms`,
    )
    const loads: Loaded[] = []
    for (let at = 0; at < (isQuick ? 5 : 15); at++) loads.push(await load(browser, worker.url))
    for (const moment of MOMENTS) {
      const target = moment === 'first paint' ? ` (target ${PAINT_TARGET} ms)` : ''
      say(`  later loads: ${moment}${target} ${shownTimes(loads.map((loaded) => loaded[moment]))}`)
    }
    await requests(worker.url, isQuick ? 50 : 200)
  } finally {
    await worker.stop()
  }
}

const MOMENTS = ['first paint', 'frame', 'picture', 'numbers'] as const
type Loaded = Readonly<Record<(typeof MOMENTS)[number], number>>

/** Runs in the page: looks at each frame for what is there. */
const LOOK = `globalThis.batutaSeen = new Promise((resolve) => addEventListener('DOMContentLoaded', () => {
  const seen = {}
  const note = (name, isThere) => { if (isThere && seen[name] === undefined) seen[name] = performance.now() }
  const look = () => {
    note('frame', document.querySelector('header nav') !== null)
    note('picture', [...document.querySelectorAll('.canvas')].some((one) => one.shadowRoot?.querySelector('svg')))
    note('numbers', [...document.querySelectorAll('.tile')].some((one) => /Running\\D*\\d/.test(one.textContent)))
    const [paint] = performance.getEntriesByName('first-contentful-paint')
    if (paint !== undefined) seen['first paint'] = paint.startTime
    if (Object.keys(seen).length < 4) requestAnimationFrame(look)
    else resolve(seen)
  }
  look()
}))`

/** One load in a context of its own: nothing is cached but code that the browser keeps in memory. */
async function load(browser: Browser, url: string): Promise<Loaded> {
  const context = await browser.newContext()
  try {
    await context.addInitScript(LOOK)
    const page = await context.newPage()
    await page.goto(`${url}/console`)
    return await page.evaluate<Loaded>('globalThis.batutaSeen')
  } finally {
    await context.close()
  }
}

async function requests(url: string, count: number): Promise<void> {
  let cursor: string | undefined
  const pages: number[] = []
  for (let at = 0; at < count; at++) {
    const { took, json } = await timed(
      `${url}/sagas?limit=50${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    pages.push(took)
    cursor = (json as { readonly next?: string }).next
  }
  say(`  a page of 50 sagas by cursor (target ${PAGE_TARGET} ms): ${shownTimes(pages)}`)
  const some = Array.from({ length: Math.ceil(count / 5) })
  for (const path of [
    '/sagas?counts=true&limit=1',
    '/sagas?limit=50&has=owed',
    '/sagas?limit=50&isFinal=true',
    '/sagas?limit=50&associatedEntityId=customer/7',
    '/console/session',
    '/machine-definition',
    '/machine.svg',
    '/-/metrics',
    '/channels',
  ]) {
    const times: number[] = []
    for (const _ of some) times.push((await timed(url + path)).took)
    say(`  GET ${path}: ${shownTimes(times)}`)
  }
}

async function timed(url: string): Promise<{ readonly took: number; readonly json: unknown }> {
  const begun = performance.now()
  const answer = await fetch(url)
  const text = await answer.text()
  const took = performance.now() - begun
  if (!answer.ok) throw new Error(`read ${url}: ${answer.status} ${text.slice(0, 200)}`)
  return { took, json: answer.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : undefined }
}

/** A machine that has the states of the sagas of `bench/scale/`. */
function machineOfSagas(): MachineDefinition {
  const { states, businessStates = [] } = generatedMachine(STATES)
  const asked = {
    id: 'asked',
    isFinal: false,
    businessStateId: 1,
    outputCommand: { label: 'ask', channel: 'desk' },
    outgoingTransitions: [
      { inputEvent: 'answered', targetState: 'served' },
      { inputEvent: 'refused', targetState: 'refused' },
      { inputEvent: 'begun', targetState: states[0]?.id ?? '' },
    ],
  }
  const ends = [
    { id: 'served', isFinal: true },
    { id: 'refused', isFinal: true, businessStateId: 3 },
  ]
  const commandless = states.map(({ id, isFinal, description, businessStateId, outgoingTransitions }) => {
    return { id, isFinal, description, businessStateId, outgoingTransitions }
  })
  const own = [1, 3].map((id) => ({ id, description: `business ${id}` }))
  return {
    initialState: 'asked',
    states: [asked, ...ends, ...commandless],
    businessStates: [...own, ...businessStates],
  }
}
