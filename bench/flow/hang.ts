import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { flood } from '../../testing/load/flood.ts'
import { processorSeconds } from '../../testing/load/figures.ts'
import { AnsweringParticipant } from '../../test/services/overload/answering-participant.ts'
import { say, shown, start } from './stage.ts'

/** One participant that never answers: the creations of the others, and the processor time of each. */
export async function hang(folder: string, isQuick: boolean): Promise<void> {
  const participant = await AnsweringParticipant.open()
  const seconds = isQuick ? 5 : 25
  for (const path of ['/', '/hang']) {
    const place = join(folder, path === '/' ? 'well' : 'hanging')
    mkdirSync(place, { recursive: true })
    // Each saga sends to both: the second channel is that of a side effect.
    const worker = await start(place, [
      { id: 'desk', port: participant.port },
      { id: 'other', port: participant.port, path },
    ])
    try {
      const before = (await participant.seen('reset')).count
      const cpu = processorSeconds(worker.pid)
      const figures = await flood({ url: worker.url, sockets: 8, seconds })
      const used = (1e6 * (processorSeconds(worker.pid) - cpu)) / figures.accepted.length
      await pause(1_000)
      const { count } = await participant.seen('reset')
      const answers = path === '/' ? 'answers' : 'hangs'
      const commands = `${count} commands came (${before})`
      say(
        `hang: the other participant ${answers}: ${shown(figures, seconds)}; ${used.toFixed(0)} µs CPU a saga; ${commands}`,
      )
    } finally {
      await worker.stop()
    }
  }
  participant.close()
}
