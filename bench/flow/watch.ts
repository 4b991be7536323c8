import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { processorSeconds } from '../../testing/load/figures.ts'
import { StepFeed } from '../../src/orchestrator/events/step-feed.ts'
import { residentNow } from '../memory/resident.ts'
import { sagaOf, stepOf } from '../scale/sagas.ts'
import { inTurns, LoadedService, shownCost, shownLoad } from './loaded-service.ts'
import { say } from './stage.ts'

/** Clients that watch all sagas. */
const VIEWERS = 50
/** Milliseconds after which memory is read: the collector of garbage has run. */
const REST = 5_000

/**
 * What watchers cost the service: sagas a second as fast as it carries them and processor time of each, of a service that was never
 * watched and of one with 50 viewers of all sagas, in turns; the time that a step takes of a feed without listeners; and the memory of
 * thousands of streams on which nothing happens. A service that was watched keeps events for clients that come back, so that it is no
 * measure of one without viewers.
 */
export async function watch(folder: string, isQuick: boolean): Promise<void> {
  const seconds = isQuick ? 2 : 8
  const services = {
    none: await LoadedService.start(join(folder, 'none')),
    some: await LoadedService.start(join(folder, 'some')),
  }
  const viewers = fork(new URL('viewers.ts', import.meta.url))
  try {
    const { pid, url } = services.some
    const port = Number(new URL(url).port)
    const open = (path: string, count: number) => ask(viewers, { port, path, count })
    for (const service of Object.values(services)) await service.measure(seconds) // code is compiled
    const before = await open('/watch', VIEWERS)
    const { none, some } = await inTurns(services, { rounds: isQuick ? 4 : 8, seconds })
    const megabytes = ((await ask(viewers, 'seen')) - before) / 2 ** 20
    say(`watch: without viewers ${shownLoad(none)}`)
    say(`  with ${VIEWERS} viewers ${shownLoad(some)}; they read ${megabytes.toFixed(0)} MiB`)
    say(`  ${shownCost(some, none)} (target 10 %)`)
    say(`  a step that no client watches costs ${unwatchedStep().toFixed(0)} ns of the feed`)
    await idle({ open, pid, url }, isQuick)
  } finally {
    viewers.kill('SIGKILL')
    for (const service of Object.values(services)) await service.stop()
  }
}

/** Nanoseconds. */
function unwatchedStep(): number {
  const feed = new StepFeed({ write: () => undefined })
  const [saga, many] = [sagaOf(1, 'few'), 10_000_000]
  const step = stepOf(saga)
  const begun = performance.now()
  for (let at = 0; at < many; at++) feed.publish(step, saga)
  return ((performance.now() - begun) * 1e6) / many
}

interface IdleParts {
  readonly open: (path: string, count: number) => Promise<number>
  readonly pid: number
  readonly url: string
}

async function idle({ open, pid, url }: IdleParts, isQuick: boolean): Promise<void> {
  const answer = await fetch(`${url}/saga`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'not-before': '2999-01-01T00:00:00Z' },
    body: JSON.stringify({ associatedEntityId: 'idle', metadata: {} }),
  })
  const { sagaId } = (await answer.json()) as { readonly sagaId: string }
  const count = isQuick ? 1_000 : 4_500
  for (const path of ['/watch', `/sagas/${sagaId}/watch`]) {
    await open(path, 0)
    await pause(REST)
    const [before, cpu] = [residentNow(pid), processorSeconds(pid)]
    await open(path, count)
    const opening = ((processorSeconds(pid) - cpu) * 1e6) / count
    await pause(REST)
    const each = ((residentNow(pid) - before) * 1_024) / count
    const from = processorSeconds(pid)
    await pause(15_000) // one interval of heartbeats
    const beating = (100 * (processorSeconds(pid) - from)) / 15
    const name = path === '/watch' ? 'all sagas' : 'one saga'
    say(
      `  ${count} idle streams of ${name}: ${each.toFixed(1)} KiB each, ${opening.toFixed(0)} µs to open, ${beating.toFixed(1)} % of a core while idle`,
    )
  }
}

async function ask(viewers: ChildProcess, order: object | 'seen'): Promise<number> {
  viewers.send(order)
  const [bytes] = (await once(viewers, 'message')) as [number]
  return bytes
}
