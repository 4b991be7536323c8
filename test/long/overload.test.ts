import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { quantile } from '../../testing/load/figures.ts'
import { flood } from '../../testing/load/flood.ts'
import { startWorker } from '../../testing/load/worker-process.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'

/*
 * Ten times the creations that Node with SQLite carries, from other processes and over thousands of connections. Bounds are those of a
 * machine with two cores, which service, load and participant share.
 */
const SECONDS = 8
const SOCKETS = 3_000
/** Share of the goodput at one time the load that is left at ten times. */
const GOODPUT = 0.6
const MEBIBYTES = 400
/** Those of `npm start`. */
const FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50']

test(
  'P16 ten times the load: goodput, waits and memory are bounded, nothing accepted is lost',
  { timeout: 180_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-overload-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const participant = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(202).end())
    })
    await new Promise<void>((listening) => participant.listen(0, '127.0.0.1', listening))
    onTestFinished(() => void (participant.closeAllConnections(), participant.close()))
    const service = await start(folder, (participant.address() as AddressInfo).port)
    onTestFinished(async () => void (await service.stop()))
    const { url } = service

    await flood({ url, sockets: 256, seconds: 3 })
    const carried = await flood({ url, sockets: 256, seconds: SECONDS })
    const capacity = carried.accepted.length / SECONDS
    await pause(2_000)

    let most = 0
    const probes: number[] = []
    const watch = setInterval(async () => {
      most = Math.max(most, residentNow(service.pid))
      const begun = performance.now()
      const { status } = await fetch(`${url}/-/healthz`, { headers: { connection: 'close' } })
      if (status === 200) probes.push(performance.now() - begun)
    }, 500)
    const over = await flood({ url, rate: 10 * capacity, sockets: SOCKETS, seconds: SECONDS })
    clearInterval(watch)
    const after = await recovered(url)

    const goodput = over.accepted.length / SECONDS
    const [p99, refused] = [quantile(over.accepted, 0.99), quantile(over.refused, 0.99)]
    console.log(
      `carried ${capacity.toFixed(0)}/s; offered ${((over.started + over.unsent) / SECONDS).toFixed(0)}/s; accepted ${goodput.toFixed(0)}/s, ` +
        `p99 ${p99.toFixed(0)} ms; refused p99 ${refused.toFixed(0)} ms; ${JSON.stringify(over.statuses)}; at most ${most.toFixed(0)} MiB; ` +
        `slowest probe ${Math.max(...probes).toFixed(0)} ms; as before after ${after} s`,
    )
    expect(Object.keys(over.statuses)).toEqual(['200', '503'])
    expect(over.bare).toBe(0)
    expect(goodput).toBeGreaterThan(GOODPUT * capacity)
    expect(p99).toBeLessThan(3_000)
    expect(Math.max(...probes)).toBeLessThan(2_000)
    expect(most).toBeLessThan(MEBIBYTES)
    expect(after).toBeLessThan(10)
    const kept = await sagasOf(url)
    expect(over.ids.filter((id) => !kept.has(id))).toEqual([])
  },
)

function start(folder: string, port: number): Promise<WorkerProcess> {
  const outputCommand = { label: 'pay', channel: 'bank' }
  const waiting = {
    id: 'paying',
    isFinal: false,
    outputCommand,
    outgoingTransitions: [{ inputEvent: 'payed', targetState: 'paid' }],
  }
  const configurations = { protocol: 'http', endpoint: '127.0.0.1', port, method: 'POST', retry: {} }
  const file = {
    machineDefinition: { initialState: 'paying', states: [waiting, { id: 'paid', isFinal: true }] },
    communicationProtocols: [{ id: 'bank', type: 'rest', configurations }],
    persistencyManagement: { type: 'sqlite', configurations: {} },
  }
  writeFileSync(join(folder, 'saga.json'), JSON.stringify(file))
  return startWorker({
    command: [process.execPath, ...FLAGS, 'workers/node.ts'],
    variables: { MALLOC_ARENA_MAX: '1', CONFIGURATIONS_FILE_PATH: join(folder, 'saga.json'), DATA_PATH: folder },
    log: join(folder, 'service.log'),
  })
}

/** Seconds until creations of four connections are quick, and none is refused. */
async function recovered(url: string): Promise<number> {
  for (let second = 1; second < 20; second++) {
    const { accepted, refused } = await flood({ url, sockets: 4, seconds: 1 })
    if (refused.length === 0 && quantile(accepted, 0.99) < 250) return second
  }
  return Number.POSITIVE_INFINITY
}

async function sagasOf(url: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for (let next: string | undefined = ''; next !== undefined;) {
    const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`
    const answer = await fetch(`${url}/sagas?limit=200${cursor}`)
    const page = (await answer.json()) as { items: { sagaId: string }[]; next?: string }
    for (const { sagaId } of page.items) ids.add(sagaId)
    next = page.next
  }
  return ids
}

/** MiB; needs Linux's /proc. */
function residentNow(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) / 1_024
}
