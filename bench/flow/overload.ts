import { setTimeout as pause } from 'node:timers/promises'
import { flood } from '../../testing/load/flood.ts'
import type { FloodAnswers } from '../../testing/load/flood.ts'
import { processorSeconds, quantile } from '../../testing/load/figures.ts'
import { residentNow, watchResident } from '../memory/resident.ts'
import { Participant, say, shown, start } from './stage.ts'

/** Ten times the load that can be carried: goodput, waits, memory, refusals, and the time until all is as before. */
export async function overload(folder: string, isQuick: boolean): Promise<void> {
  const participant = await Participant.open()
  const worker = await start(folder, [{ id: 'desk', port: participant.port }])
  await participant.answers(worker.url)
  const { url, pid } = worker
  try {
    const seconds = isQuick ? 4 : 10
    await flood({ url, sockets: 32, seconds: 3 })
    await settled(participant)
    const begun = await participant.seen()
    const carried = await flood({ url, sockets: 32, seconds })
    const capacity = carried.accepted.length / seconds
    const ended = ((await participant.seen()).answered - begun.answered) / seconds
    say(`overload: 32 connections carry ${capacity.toFixed(0)} creations/s, ${ended.toFixed(0)} sagas/s end`)
    await settled(participant)
    const calm = await flood({ url, sockets: 4, seconds: 2 })
    say(`  at rest ${residentNow(pid).toFixed(0)} MiB, 4 connections: p99 ${p99(calm)} ms`)
    await settled(participant)
    for (const keepAlive of [true, false]) {
      const before = (await participant.seen()).answered
      const watched = watchResident(pid)
      const cpu = processorSeconds(pid)
      const plan = { url, rate: 10 * capacity, sockets: 4_000, processes: 2, seconds, keepAlive }
      const figures = await flood(plan)
      const at = performance.now()
      const used = (processorSeconds(pid) - cpu) / seconds
      const answered = ((await participant.seen()).answered - before) / seconds
      const share = (100 * answered) / ended
      say(`  ten times that, connections ${keepAlive ? 'kept' : 'not kept'}: ${shown(figures, seconds)}`)
      say(
        `    ${answered.toFixed(0)} sagas/s end (${share.toFixed(0)} %), at most ${watched().most.toFixed(0)} MiB, CPU ${used.toFixed(2)}`,
      )
      for (let second = 0; second < 4; second++) {
        const after = await flood({ url, sockets: 4, seconds: 1 })
        const later = ((performance.now() - at) / 1_000).toFixed(0)
        say(`    ${later} s later, 4 connections: p99 ${p99(after)} ms, refused ${after.refused.length}`)
      }
      await settled(participant)
    }
    say(`  afterwards ${residentNow(pid).toFixed(0)} MiB`)
  } finally {
    await worker.stop()
    participant.close()
  }
}

/** Resolves when each command that came was answered. */
async function settled(participant: Participant): Promise<void> {
  for (let at = 0; at < 300; at++) {
    const { count, answered } = await participant.seen()
    if (answered >= count) return
    await pause(100)
  }
}

function p99({ accepted }: FloodAnswers): string {
  return accepted.length === 0 ? '–' : quantile(accepted, 0.99).toFixed(0)
}
