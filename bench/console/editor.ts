import { generatedMachine } from '../../testing/load/generated-machine.ts'

/** States of the machine that is edited. */
export const DRAFT_STATES = 60
/** Milliseconds between two drafts. */
const EVERY = 1_000

/** A person who types: a draft a second, each another text, as `#/edit` sends it. */
export class Editor {
  readonly #url: string
  readonly #took: number[] = []
  #refused = 0
  #texts = 0

  constructor(url: string) {
    this.#url = url
  }

  /** Milliseconds to the answer of each draft that was checked. */
  get took(): readonly number[] {
    return this.#took
  }

  /** Drafts that were 503: the service had no time. */
  get refused(): number {
    return this.#refused
  }

  /** Types while `work` goes on. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const drafts: Promise<void>[] = []
    const typing = setInterval(() => drafts.push(this.#send()), EVERY)
    try {
      return await work()
    } finally {
      clearInterval(typing)
      await Promise.all(drafts)
    }
  }

  async #send(): Promise<void> {
    const begun = performance.now()
    const answer = await fetch(`${this.#url}/console/draft`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: draftText(++this.#texts), flow: 'down' }),
    })
    const text = await answer.text()
    if (answer.status === 503) this.#refused++
    else if (!answer.ok) throw new Error(`send a draft: ${answer.status} ${text.slice(0, 200)}`)
    else this.#took.push(performance.now() - begun)
  }
}

/** A saga.json of 60 states; `version` stands in the description of one of them. */
function draftText(version: number): string {
  const { states, ...machine } = generatedMachine(DRAFT_STATES)
  const [first, ...others] = states
  const configurations = { protocol: 'http', endpoint: 'localhost', port: 4_000, method: 'POST', path: '/', retry: {} }
  const channels = new Set(states.flatMap(({ outputCommand }) => outputCommand?.channel ?? []))
  return JSON.stringify({
    machineDefinition: { ...machine, states: [{ ...first, description: `Version ${version}` }, ...others] },
    communicationProtocols: [...channels].map((id) => ({ id, type: 'rest', configurations })),
    persistencyManagement: {},
  })
}
