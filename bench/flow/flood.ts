import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** The answers of a flood. */
export interface FloodFigures {
  /** Requests started a second. */
  readonly offered: number
  /** Answers a second, by status; 0: none. */
  readonly rates: ReadonlyMap<number, number>
  /** Milliseconds to the answer of each request that succeeded, and of each that was refused. */
  readonly accepted: readonly number[]
  readonly refused: readonly number[]
  /** Refusals without `Retry-After`. */
  readonly bare: number
}

/** A load of creations. */
export interface FloodPlan {
  readonly url: string
  /** Starts a second; `undefined`: each lane starts its next request when the last one was answered. */
  readonly rate?: number | undefined
  /** Lanes, or the most requests that are open at once. */
  readonly atOnce: number
  readonly seconds: number
}

const TICK = 5
/** Milliseconds until a request is given up. */
const PATIENCE = 20_000
const BODY = JSON.stringify({ associatedEntityId: 'table-7', metadata: { guests: 2, name: 'Ada Lovelace' } })

/** Creates sagas at a rate, whatever the answers are, or in lanes. */
export async function flood({ url, rate, atOnce, seconds }: FloodPlan): Promise<FloodFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const [accepted, refused]: [number[], number[]] = [[], []]
  const counts = new Map<number, number>()
  let [started, open, bare] = [0, 0, 0]
  const one = async (): Promise<void> => {
    started++
    open++
    const begun = performance.now()
    const { status, retryAfter } = await post(url, agent)
    open--
    counts.set(status, (counts.get(status) ?? 0) + 1)
    if (status === 200) accepted.push(performance.now() - begun)
    else refused.push(performance.now() - begun)
    if (status !== 200 && retryAfter === undefined) bare++
  }
  const begun = performance.now()
  const until = begun + seconds * 1_000
  if (rate === undefined) {
    const lane = async () => {
      while (performance.now() < until) await one()
    }
    await Promise.all(Array.from({ length: atOnce }, lane))
  } else {
    while (performance.now() < until) {
      const due = Math.ceil(startsBy(performance.now() - begun, rate))
      while (started < due && open < atOnce) void one()
      await pause(TICK)
    }
    while (open > 0) await pause(TICK)
  }
  agent.destroy()
  const rates = new Map([...counts].map(([status, count]) => [status, count / seconds]))
  return { offered: started / seconds, rates, accepted, refused, bare }
}

/** The rate grows for a while, so that connections are opened one after the other: no server accepts thousands at once. */
const GROWTH = 3_000

function startsBy(elapsed: number, rate: number): number {
  const grown = Math.min(elapsed, GROWTH)
  return ((grown * grown) / (2 * GROWTH) + elapsed - grown) * (rate / 1_000)
}

function post(url: string, agent: Agent): Promise<{ status: number; retryAfter?: string | undefined }> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': BODY.length }
    const sent = request(`${url}/saga`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume()
      const retryAfter = answer.headers['retry-after']
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, retryAfter }))
      answer.on('error', () => resolve({ status: 0 }))
    })
    sent.on('error', () => resolve({ status: 0 }))
    sent.setTimeout(PATIENCE, () => sent.destroy())
    sent.end(BODY)
  })
}
