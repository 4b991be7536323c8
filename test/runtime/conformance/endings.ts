import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { eventually } from '../../services/client.ts'
import { connectRaw } from '../../services/raw.ts'
import { isAlive } from '../../services/processes.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

/** The head of a request whose body never ends. */
const BEGUN = 'POST /saga HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{'

/** The end of a worker by SIGTERM. */
export function endings(tested: TestedRuntime): void {
  describe('endings', () => {
    let stage: RunningWorker | undefined
    afterEach(() => stage?.close())

    // Expected to fail on workerd, which takes its signals itself: it ends without a wait, and its Worker does not know of it.
    const leaving = tested.endsInTime ? test : test.fails
    leaving(
      'C7 at SIGTERM probes are KO at once, and until the load balancer has noticed no request fails',
      async () => {
        stage = await RunningWorker.open(tested, { environment: { WAIT_BEFORE_SERVER_CLOSE_SEC: '2' } })
        const balancer = balancedLoad(stage)
        const { created } = balancer
        await eventually(() => (created() > 20 ? true : undefined))
        const before = created()
        const ended = stage.worker.terminate()
        const probes = () =>
          Promise.all(['healthz', 'ready', 'check-up'].map(async (probe) => (await stage?.call(`/-/${probe}`))?.status))
        expect(await eventually(async () => ((await probes()).includes(503) ? probes() : undefined))).toEqual([
          503, 503, 503,
        ])
        expect(await balancer.over).toEqual([])
        expect(created()).toBeGreaterThan(before)
        expect(await ended).toEqual({ code: 0, signal: null })
      },
    )

    // Expected to fail where the host cannot end in time: see `endsInTime`.
    const bounded = tested.endsInTime ? test : test.fails
    bounded('C1.3 SHUTDOWN_TIMEOUT bounds the end, whoever is in the middle of a request', async () => {
      stage = await RunningWorker.open(tested, { environment: { SHUTDOWN_TIMEOUT: '2s' } })
      const silent = connect({ port: stage.worker.port, host: '127.0.0.1' }).on('error', () => undefined)
      try {
        silent.write(BEGUN)
        await stage.create()
        const ended = await Promise.race([stage.worker.terminate(), sleep(7_000)])
        expect(ended, 'it was still there after 7 s').toEqual({ code: 0, signal: null })
      } finally {
        silent.destroy()
      }
    })

    test('C1.3 idle connections do not delay the end', async () => {
      stage = await RunningWorker.open(tested, { environment: { SHUTDOWN_TIMEOUT: '60s' } })
      const { port } = stage.worker
      const [kept, ahead] = [await connectRaw(port), await connectRaw(port)]
      kept.write('GET /-/healthz HTTP/1.1\r\nHost: x\r\n\r\n')
      await kept.answers(1)
      expect(await Promise.race([stage.worker.terminate(), sleep(15_000)])).toEqual({ code: 0, signal: null })
      kept.destroy()
      ahead.destroy()
    })

    test('C1.3 all its child processes die with its process group', async () => {
      stage = await RunningWorker.open({ ...tested, launcher: 'npm' }) // npm and its shell are of the group too
      const everything = stage.worker.family
      expect(everything.length).toBeGreaterThan(1)
      await stage.worker.kill()
      expect(everything.filter(isAlive)).toEqual([])
    })
  })
}

/** Milliseconds between two probes of the load balancer. */
const PROBED_EVERY = 250

interface BalancedLoad {
  readonly created: () => number
  /** The failed requests, once the load balancer has seen a probe that is not 200. */
  readonly over: Promise<readonly string[]>
}

/** Creates sagas over kept connections, as behind a load balancer that stops at the first probe that is KO. */
function balancedLoad(stage: RunningWorker): BalancedLoad {
  let created = 0
  let isOpen = true
  const failures: string[] = []
  const balance = async () => {
    while (isOpen) {
      isOpen = await stage.call('/-/ready').then(
        ({ status }) => status === 200,
        () => false,
      )
      if (isOpen) await sleep(PROBED_EVERY)
    }
  }
  const lane = async () => {
    while (isOpen) {
      await stage.create().then(
        () => created++,
        (thrown: unknown) => failures.push(String(thrown)),
      )
    }
  }
  const over = Promise.all([balance(), lane(), lane(), lane(), lane()]).then(() => failures)
  return { created: () => created, over }
}
