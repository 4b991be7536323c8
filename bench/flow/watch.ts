import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { AnsweringParticipant } from '../../test/services/overload/answering-participant.ts'
import { median, processorSeconds } from '../../testing/load/figures.ts'
import { flood } from '../../testing/load/flood.ts'
import { residentNow } from '../memory/resident.ts'
import { say, start } from './stage.ts'

/** Connections of the load: enough that the service, not the disk, is what is full. */
const SOCKETS = 512
/** Clients that watch all sagas. */
const VIEWERS = 50
/** Milliseconds after which memory is read: the collector of garbage has run. */
const REST = 5_000

/**
 * What watchers cost the service: sagas a second as fast as it carries them and processor time of each, without and with 50 viewers
 * of all sagas, in turns; and the memory of thousands of streams on which nothing happens.
 */
export async function watch(folder: string, isQuick: boolean): Promise<void> {
  const participant = await AnsweringParticipant.open()
  const worker = await start(folder, [{ id: 'desk', port: participant.port }])
  const viewers = fork(new URL('viewers.ts', import.meta.url))
  try {
    await participant.answers(worker.url)
    const { url, pid } = worker
    const port = Number(new URL(url).port)
    const open = (path: string, count: number) => ask(viewers, { port, path, count })
    const seconds = isQuick ? 3 : 8
    await flood({ url, sockets: SOCKETS, seconds })
    await settled(participant)
    const figures: Record<'none' | 'some', Figures[]> = { none: [], some: [] }
    for (let round = 0; round < (isQuick ? 4 : 8); round++) {
      // The order is turned over in every round.
      const kinds = round % 2 === 0 ? (['none', 'some'] as const) : (['some', 'none'] as const)
      for (const kind of kinds) {
        const before = await open('/watch', kind === 'none' ? 0 : VIEWERS)
        figures[kind].push(await measure({ participant, url, pid, seconds }))
        const megabytes = ((await ask(viewers, 'seen')) - before) / 2 ** 20
        if (round === 0 && kind === 'some')
          say(`watch: ${VIEWERS} viewers read ${megabytes.toFixed(0)} MiB in ${seconds} s`)
      }
    }
    const [none, some] = [medians(figures.none), medians(figures.some)]
    say(`  without viewers ${shown(none)}`)
    say(`  with ${VIEWERS} viewers ${shown(some)}`)
    const percent = (part: number) => `${(100 * (part - 1)).toFixed(1)} %`
    say(`  a saga costs ${percent(some.cpu / none.cpu)} more processor time; sagas/s ${percent(some.rate / none.rate)}`)
    await idle({ open, pid, url }, isQuick)
  } finally {
    viewers.kill('SIGKILL')
    await worker.stop()
    participant.close()
  }
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

interface Figures {
  /** Sagas that ended in a second. */
  readonly rate: number
  /** Microseconds of processor time of each. */
  readonly cpu: number
}

interface MeasureParts {
  readonly participant: AnsweringParticipant
  readonly url: string
  readonly pid: number
  readonly seconds: number
}

async function measure({ participant, url, pid, seconds }: MeasureParts): Promise<Figures> {
  const [{ answered }, cpu, from] = [await participant.seen(), processorSeconds(pid), performance.now()]
  await flood({ url, sockets: SOCKETS, seconds })
  const rate = ((await participant.seen()).answered - answered) / ((performance.now() - from) / 1_000)
  await settled(participant)
  const ended = (await participant.seen()).answered - answered
  return {
    rate,
    cpu: ((processorSeconds(pid) - cpu) * 1e6) / ended,
  }
}

function medians(figures: readonly Figures[]): Figures {
  return { rate: median(figures.map(({ rate }) => rate)), cpu: median(figures.map(({ cpu }) => cpu)) }
}

function shown({ rate, cpu }: Figures): string {
  return `${rate.toFixed(0)} sagas/s end, ${cpu.toFixed(0)} µs of CPU each`
}

async function ask(viewers: ChildProcess, order: object | 'seen'): Promise<number> {
  viewers.send(order)
  const [bytes] = (await once(viewers, 'message')) as [number]
  return bytes
}

/** Resolves when each command that came was answered. */
async function settled(participant: AnsweringParticipant): Promise<void> {
  for (let at = 0; at < 600; at++) {
    const { count, answered } = await participant.seen()
    if (answered >= count) return
    await pause(50)
  }
}
