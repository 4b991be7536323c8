import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { CONFIRMS, follows } from '../../services/behaviour.ts'
import { eventually } from '../../services/client.ts'
import { connectRaw } from '../../services/raw.ts'
import { isAlive } from '../../services/processes.ts'
import { expectSameBytes, handedOn } from './bytes.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const SAGAS = 50
/** The head of a request whose body never ends. */
const BEGUN = 'POST /saga HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{'

/** Restarts: the worker goes on with the stored sagas. */
export function returns(tested: TestedRuntime): void {
  const { name, recoversWithin, lease } = tested
  describe('returns', () => {
    let stage: RunningWorker | undefined
    afterEach(() => stage?.close())
    const options = {
      edit: ({ communicationProtocols: [channel] }: SagaFile) => {
        if (lease !== undefined) Object.assign(channel?.configurations ?? {}, { timeout: lease })
      },
    }
    const create = (on: RunningWorker, count: number) =>
      Promise.all(Array.from({ length: count }, (_, n) => on.create({ n }, undefined, { miauserid: userOf(n) })))
    const ends = async (on: RunningWorker, ids: readonly string[]) => {
      for (const id of ids) {
        const document = await on.settled(id, recoversWithin + 15_000)
        expect(document.history.events.map(({ event }) => event)).toEqual(['__created__', 'validationOK', 'checkOK'])
      }
    }

    test('C1.3 I2 SIGTERM in the middle: exit code 0, and nothing is lost', { timeout: 90_000 }, async () => {
      stage = await RunningWorker.open(tested, { ...options, environment: { SHUTDOWN_TIMEOUT: '5s' } })
      const { participant, worker } = stage
      participant.behaves(follows(CONFIRMS, { wait: 400 }))
      const ids = await create(stage, 20)
      const from = Date.now()
      expect(await worker.terminate()).toEqual({ code: 0, signal: null })
      expect(Date.now() - from).toBeLessThan(5_000)
      expect(worker.group).toEqual([])
      await worker.start()
      await ends(stage, ids)
      expectSameBytes(participant.received)
    })

    test('I1 I2 I7 I9 kill -9 in the middle of fifty sagas: nothing is lost', { timeout: 120_000 }, async () => {
      stage = await RunningWorker.open(tested, options)
      const { participant, worker } = stage
      participant.behaves(follows(CONFIRMS, { wait: 900 }))
      const ids = new Set(await create(stage, SAGAS))
      // A store that was used before may hold commands of other sagas.
      const received = () => participant.received.filter(({ sagaId }) => ids.has(sagaId))
      await eventually(() => (received().length >= SAGAS ? true : undefined))
      const before = received().length
      await worker.kill()
      await worker.start()
      const started = Date.now()
      participant.behaves(follows(CONFIRMS))

      const sentAgain = () =>
        new Set(
          received()
            .slice(before)
            .flatMap(({ key, nth }) => (nth > 1 ? [key] : [])),
        )
      await eventually(async () => {
        if (tested.needsRequests) await stage?.call('/-/ready')
        return sentAgain().size >= SAGAS ? true : undefined
      }, recoversWithin)
      const took = Date.now() - started
      await ends(stage, [...ids])
      expectSameBytes(received())
      for (const { headers, payload, label } of received()) {
        const { n } = payload as { n: number }
        const expected = label === 'validateReservation' ? { miauserid: userOf(n) } : {}
        expect(handedOn(headers)).toEqual(expected)
      }
      expect(new Set(received().map(({ key }) => key)).size).toBe(2 * SAGAS)
      console.log(
        `${name}: ${SAGAS} sagas owed ${sentAgain().size} commands; all sent again ${took} ms after the restart`,
      )
    })

    test('P12 starts after several kills during its start', { timeout: 60_000 }, async () => {
      stage = await RunningWorker.open(tested, options)
      const ids = await create(stage, 5)
      for (let times = 0; times < 3; times++) await stage.worker.restart()
      await ends(stage, ids)
    })
  })
}

/** A user's id with a character beyond ASCII, one character a byte. */
function userOf(n: number): string {
  return Buffer.from(`user ${n} é`).toString('latin1')
}

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
      stage = await RunningWorker.open(tested)
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
