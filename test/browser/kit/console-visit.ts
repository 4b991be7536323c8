import type { Browser, Page } from 'playwright-core'
import { call, eventually } from '../../services/client.ts'
import type { Behaviour, Participant } from '../../services/participant.ts'
import { startParticipant } from '../../services/participant.ts'
import { CONFIRMS, follows } from '../../services/behaviour.ts'
import { openBrowser } from '../../services/browser.ts'
import { reservation } from '../../services/reservation.ts'
import { Worker } from '../../services/worker.ts'
import { giveToken, visit } from './visit.ts'
import type { Visit } from './visit.ts'

export const API = 'the-api-token'
export const READ = 'the-read-token'
const BASE = '/flow-manager'

/** Answers every command so that the reservation is confirmed. */
export const WORKS: Behaviour = follows(CONFIRMS)
/** Refuses every command. */
export const BROKEN: Behaviour = () => ({ status: 503, body: 'the till is jammed' })
/** Accepts every command, and sends no event. */
export const SILENT: Behaviour = () => ({})

/** The reservation whose commands are given up after one answer, and whose early events are parked. */
export function sagaFile(port: number): string {
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

/** A service with tokens below a base path, its participant, and a browser. */
export class ConsoleStage {
  readonly browser: Browser
  readonly participant: Participant
  readonly worker: Worker
  readonly url: string

  private constructor({ browser, participant, worker }: Pick<ConsoleStage, 'browser' | 'participant' | 'worker'>) {
    this.browser = browser
    this.participant = participant
    this.worker = worker
    this.url = `${worker.url}${BASE}`
    participant.reports(this.url, { authorization: `Bearer ${API}` })
  }

  static async open(): Promise<ConsoleStage> {
    const participant = await startParticipant(WORKS)
    const environment = { BASE_PATH: BASE, API_TOKEN: API, READ_TOKEN: READ }
    const started = Worker.start({ script: 'start', configuration: sagaFile(participant.port), environment })
    const [browser, worker] = await Promise.all([openBrowser(), started])
    return new ConsoleStage({ browser, participant, worker })
  }

  async close(): Promise<void> {
    await Promise.all([this.browser.close(), this.worker.stop()])
    await this.participant.close()
  }

  async create(entity: string, metadata: object = {}): Promise<string> {
    const { json } = await this.#call('/saga', { associatedEntityId: entity, metadata })
    return (json as { sagaId: string }).sagaId
  }

  event(key: string, messageLabel: string, messagePayload: object = {}): ReturnType<typeof call> {
    return this.#call('/event', { key, value: { messageLabel, messagePayload } })
  }

  /** Waits until so many sagas have a command that was given up. A page that is opened then shows all of them at once. */
  async givenUp(count: number): Promise<void> {
    await eventually(async () => {
      const { json } = await this.#call('/sagas?has=dead-letters&counts=true&limit=1')
      const { counts } = json as { counts: readonly { total: number }[] }
      return counts.reduce((sum, { total }) => sum + total, 0) === count ? true : undefined
    })
  }

  /** Opens a place of the console as an operator with a token. */
  async visit(place: string, token = API): Promise<Visit> {
    const visited = await visit(this.browser, { url: `${this.url}/console${place}` })
    await giveToken(visited.page, token)
    // The first answers were 401, which the browser writes as errors.
    await visited.page.getByRole('navigation', { name: 'Places' }).waitFor()
    visited.faults.length = 0
    return visited
  }

  #call(path: string, body?: object): ReturnType<typeof call> {
    const headers = { authorization: `Bearer ${API}` }
    return call(`${this.url}${path}`, body === undefined ? { headers } : { headers, body })
  }
}

/** Carries an action out in its dialog. */
export async function carryOut(page: Page, action: RegExp, verb: string): Promise<void> {
  await page.getByRole('button', { name: action }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/^Reason/).fill('it is mended')
  await dialog.getByLabel('Your name').fill('zoe')
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await dialog.getByText('Done.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
}

/** A refusal that the page shows is no fault, although the browser writes each as an error. */
export function isFault(text: string): boolean {
  return !/status of (?:404|501)/.test(text)
}
