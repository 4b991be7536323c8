import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { flood } from '../../testing/load/flood.ts'
import { hang } from './hang.ts'
import { overload } from './overload.ts'
import { Participant, say, start } from './stage.ts'

/** Trials of flow control on Node with SQLite: `overload`, `hang` and `recovery`. Returns the exit code. */
export async function benchFlow(root: string, isQuick: boolean, only: readonly string[]): Promise<number> {
  const trials = { overload, hang, recovery }
  for (const [name, trial] of Object.entries(trials)) {
    if (only.length > 0 && !only.includes(name)) continue
    const folder = join(root, name)
    mkdirSync(folder, { recursive: true })
    await trial(folder, isQuick)
  }
  return 0
}

/** SIGKILL with 100,000 commands owed; then their participant is there. */
async function recovery(folder: string, isQuick: boolean): Promise<void> {
  const first = await Participant.open()
  const { port } = first
  first.close() // from now on connections are refused
  const owed = isQuick ? 10_000 : 100_000
  const killed = await start(folder, [{ id: 'desk', port }])
  const begun = performance.now()
  for (let created = 0; created < owed;)
    created += (await flood({ url: killed.url, sockets: 48, seconds: 5 })).accepted.length
  const filled = ((performance.now() - begun) / 1_000).toFixed(0)
  process.kill(killed.pid, 'SIGKILL')
  await killed.gone
  const participant = await Participant.open(port)
  const bare = await bareRate(port)
  await participant.seen('reset')
  const worker = await start(folder, [{ id: 'desk', port }])
  const ready = Date.now()
  try {
    let seen = await participant.seen()
    for (let at = 0; at < 900 && seen.count < owed; at++) {
      await pause(200)
      seen = await participant.seen()
    }
    const rate = seen.count / ((seen.last - seen.first) / 1_000)
    say(`recovery: ${seen.count} of ${owed} and more owed (created in ${filled} s, then SIGKILL)`)
    say(`  first command ${seen.first - ready} ms after the service listened`)
    say(`  ${rate.toFixed(0)} commands/s; a bare loop ${bare.toFixed(0)} POSTs/s; ratio ${(rate / bare).toFixed(2)}`)
  } finally {
    await worker.stop()
    participant.close()
  }
}

/** POSTs a second of 64 lanes without a service between them. */
async function bareRate(port: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const body = JSON.stringify({ key: 'k', value: { messageLabel: 'answer', messagePayload: { guests: 2 } } })
  const until = performance.now() + 5_000
  let count = 0
  const lane = async () => {
    for (; performance.now() < until; count++) {
      const sent = request({
        port,
        host: '127.0.0.1',
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json' },
      })
      sent.end(body)
      const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage]
      answer.resume()
      await once(answer, 'end')
    }
  }
  await Promise.all(Array.from({ length: 64 }, lane))
  agent.destroy()
  return count / 5
}
