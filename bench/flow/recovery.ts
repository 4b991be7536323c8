import { execFile } from 'node:child_process'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { median, processorSeconds } from '../../testing/load/figures.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'
import { BacklogParticipant, closedPort, fillBacklog, machineOf } from '../../test/services/backlog/stage.ts'
import { deskChannel, startService } from './start-service.ts'

/** Seconds of each bare loop; of each client one runs before the recovery, and one after it. */
const BARE_SECONDS = 3
/** The clients of the bare loops, and what they are called in the output. */
const CLIENTS = { fetch: "the platform's fetch, as in a script", own: "the service's own client" } as const
/** Milliseconds in which the service tries its participant in vain, before it is killed. */
const IN_VAIN = 2_000

/**
 * SIGKILL with 100,000 commands owed; then their participant is there. The figure is compared with those of two bare loops, each in a
 * process of its own: as many sends at once, the same bytes, the same participant process, and no store.
 */
export async function recovery(folder: string, isQuick: boolean): Promise<void> {
  const owed = isQuick ? 10_000 : 100_000
  await fillBacklog(folder, { desk: owed })
  const port = await closedPort()
  const killed = await start(folder, port)
  await pause(IN_VAIN)
  process.kill(killed.pid, 'SIGKILL')
  await killed.gone
  const participant = await BacklogParticipant.open({ port }) // ends with this process, if not before
  const rates = [await bareRates(port)]
  await participant.seen('reset')
  const worker = await start(folder, port)
  const ready = Date.now()
  const before = processorSeconds(worker.pid)
  let rate: number
  try {
    let seen = await participant.seen()
    for (let at = 0; at < 900 && seen.count < owed; at++) {
      await pause(200)
      seen = await participant.seen()
    }
    const used = ((processorSeconds(worker.pid) - before) * 1e6) / seen.count
    rate = seen.count / ((seen.last - seen.first) / 1_000)
    process.stdout.write(
      `recovery: ${seen.count} commands, ${owed} were owed at the SIGKILL\n` +
        `  first command ${seen.first - ready} ms after the service listened; at most ${seen.most} under way\n` +
        `  ${rate.toFixed(0)} commands/s, ${used.toFixed(0)} µs of CPU each\n`,
    )
  } finally {
    await worker.stop()
  }
  rates.push(await bareRates(port))
  participant.close()
  for (const client of ALL_CLIENTS) {
    const loops = rates.map((each) => each[client])
    const shown = loops.map((each) => each.toFixed(0)).join(' and ')
    const share = (rate / median(loops)).toFixed(2)
    process.stdout.write(
      `  bare loop without a store, ${CLIENTS[client]}: ${shown} POSTs/s; recovery reaches ${share} of it\n`,
    )
  }
}

type Client = keyof typeof CLIENTS
const ALL_CLIENTS = Object.keys(CLIENTS) as readonly Client[]

async function bareRates(port: number): Promise<Readonly<Record<Client, number>>> {
  return { fetch: await bareRate('fetch', port), own: await bareRate('own', port) }
}

async function bareRate(client: Client, port: number): Promise<number> {
  const file = new URL('bare.ts', import.meta.url).pathname
  const { stdout } = await promisify(execFile)(process.execPath, [file, client, String(port), String(BARE_SECONDS)])
  return Number(stdout)
}

function start(folder: string, port: number): Promise<WorkerProcess> {
  return startService(folder, {
    machineDefinition: machineOf('desk'),
    communicationProtocols: [deskChannel({ id: 'desk', port })],
  })
}
