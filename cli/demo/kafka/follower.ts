import { setTimeout as sleep } from 'node:timers/promises'
import type { SagaRequest, ServiceClient } from '../../../testing/load/service-client.ts'
import type { SagaRun } from '../../../testing/load/run-saga.ts'

interface ListedSaga {
  readonly sagaId: string
  readonly currentState: string
}

interface ListedPage {
  readonly items: readonly ListedSaga[]
  readonly next?: string
}

/** Milliseconds between two polls: the most that an end is noticed late. */
const POLL_INTERVAL = 20

/** Polls the API for the ends of sagas: an HTTP client is not notified of events that come over Kafka. */
export class Follower {
  readonly #door: ServiceClient
  readonly #open = new Map<string, (state: string | undefined) => void>()
  #isPolling = false

  constructor(door: ServiceClient) {
    this.#door = door
  }

  /** Creates a saga and waits for its end, at most `patience` ms. */
  lead = async (creation: SagaRequest, patience: number): Promise<SagaRun> => {
    const begun = performance.now()
    const sagaId = await this.#door.create(creation)
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    this.#open.set(sagaId, resolve)
    if (!this.#isPolling) void this.#poll()
    const late = setTimeout(() => resolve(undefined), patience)
    const state = await promise
    clearTimeout(late)
    this.#open.delete(sagaId)
    return { sagaId, state, ms: performance.now() - begun }
  }

  async #poll(): Promise<void> {
    this.#isPolling = true
    while (this.#open.size > 0 && this.#door.isOpen) {
      await this.#pollOnce().catch(() => undefined) // the next poll tries again
      await sleep(POLL_INTERVAL)
    }
    this.#isPolling = false
  }

  /** A saga that was created before the list was requested and is not in it has ended. */
  async #pollOnce(): Promise<void> {
    const asked = [...this.#open]
    const open = await this.#notFinal()
    const ended = asked.filter(([sagaId]) => !open.has(sagaId))
    await Promise.all(
      ended.map(async ([sagaId, resolve]) => {
        resolve((await this.#door.get<ListedSaga>(`/sagas/${encodeURIComponent(sagaId)}`)).currentState)
      }),
    )
  }

  async #notFinal(): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    for (let cursor = ''; ;) {
      const page = await this.#door.get<ListedPage>(`/sagas?isFinal=false&limit=200${cursor}`)
      for (const { sagaId } of page.items) found.add(sagaId)
      if (page.next === undefined) return found
      cursor = `&cursor=${encodeURIComponent(page.next)}`
    }
  }
}
