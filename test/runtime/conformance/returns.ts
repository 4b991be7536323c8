import { afterEach, describe, expect, test } from 'vitest'
import { CONFIRMS, follows } from '../../services/behaviour.ts'
import { eventually } from '../../services/client.ts'
import type { Behaviour } from '../../services/participant.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { expectSameBytes, handedOn } from './bytes.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const [SAGAS, KILLS] = [50, 3]
/** Milliseconds of a test at most: starts, recovery, and the ways of the sagas. */
const LONGEST = 180_000
/** No command is delivered before the first kill, however slow the machine is: each must come again. */
const NEVER: Behaviour = () => ({ wait: 600_000 })

/** Restarts after which the worker goes on with the stored sagas: each a part of its own, since they mostly wait for leases. */
export const RETURNS = { returnsAfterStop, returnsAfterKills } as const

function returnsAfterStop(tested: TestedRuntime): void {
  describe('returns after a stop', () => {
    const staged = stagedReturns(tested)

    test('C1.3 I2 SIGTERM in the middle: exit code 0, and nothing is lost', { timeout: LONGEST }, async () => {
      const stage = await staged.open({ SHUTDOWN_TIMEOUT: '5s' })
      const { participant, worker } = stage
      participant.behaves(follows(CONFIRMS, { wait: 400 }))
      const ids = await staged.create(20)
      const from = Date.now()
      expect(await worker.terminate()).toEqual({ code: 0, signal: null })
      expect(Date.now() - from).toBeLessThan(5_000)
      expect(worker.group).toEqual([])
      await worker.start()
      await staged.ends(ids)
      expectSameBytes(participant.received)
    })
  })
}

function returnsAfterKills(tested: TestedRuntime): void {
  const { name, recoversWithin, needsRequests } = tested
  describe('returns after kills', () => {
    const staged = stagedReturns(tested)

    test(
      'I1 I2 I7 I9 P12 three kills in the middle of fifty sagas: nothing is lost',
      { timeout: LONGEST },
      async () => {
        const stage = await staged.open()
        const { participant, worker } = stage
        participant.behaves(NEVER)
        const ids = new Set(await staged.create(SAGAS))
        // A store that was used before may hold commands of other sagas.
        const received = () => participant.received.filter(({ sagaId }) => ids.has(sagaId))
        await eventually(() => (received().length >= SAGAS ? true : undefined))
        const before = received().length
        for (let kills = 1; kills < KILLS; kills++) await worker.restart()
        participant.behaves(follows(CONFIRMS))
        await worker.restart()
        const started = Date.now()

        const sentAgain = () =>
          new Set(
            received()
              .slice(before)
              .flatMap(({ key, nth }) => (nth > 1 ? [key] : [])),
          )
        await eventually(async () => {
          if (needsRequests) await stage.call('/-/ready')
          return sentAgain().size >= SAGAS ? true : undefined
        }, recoversWithin)
        const took = Date.now() - started
        await staged.ends([...ids])
        expectSameBytes(received())
        for (const { headers, payload, label } of received()) {
          const { n } = payload as { n: number }
          const expected = label === 'validateReservation' ? { miauserid: userOf(n) } : {}
          expect(handedOn(headers)).toEqual(expected)
        }
        expect(new Set(received().map(({ key }) => key)).size).toBe(2 * SAGAS)
        console.log(
          `${name}: ${SAGAS} sagas owed ${sentAgain().size} commands; all sent again ${took} ms after the last restart`,
        )
      },
    )
  })
}

interface StagedReturns {
  open(environment?: Readonly<Record<string, string>>): Promise<RunningWorker>
  create(count: number): Promise<readonly string[]>
  /** Waits until each of these sagas has taken its whole way. */
  ends(ids: readonly string[]): Promise<void>
}

/** A worker for one restart, whose leases are as short as `lease` says; closed after its test. */
function stagedReturns(tested: TestedRuntime): StagedReturns {
  const { recoversWithin, lease } = tested
  let stage: RunningWorker | undefined
  afterEach(() => stage?.close())
  const on = () => stage ?? expect.fail('the worker was not opened')
  const edit = ({ communicationProtocols: [channel] }: SagaFile) => {
    if (lease !== undefined) Object.assign(channel?.configurations ?? {}, { timeout: lease })
  }
  return {
    open: async (environment = {}) => (stage = await RunningWorker.open(tested, { edit, environment })),
    create: (count) =>
      Promise.all(Array.from({ length: count }, (_, n) => on().create({ n }, undefined, { miauserid: userOf(n) }))),
    async ends(ids) {
      for (const id of ids) {
        const document = await on().settled(id, recoversWithin + 15_000)
        expect(document.history.events.map(({ event }) => event)).toEqual(['__created__', 'validationOK', 'checkOK'])
      }
    },
  }
}

/** A user's id with a character beyond ASCII, one character a byte. */
function userOf(n: number): string {
  return Buffer.from(`user ${n} é`).toString('latin1')
}
