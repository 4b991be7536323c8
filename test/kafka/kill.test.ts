import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeKafka } from '../services/kafka.ts'
import { whileHeld } from './kill/hold.ts'
import { EACH, mannerOf } from './kill/manners.ts'
import { PLAN } from './kill/plan.ts'
import { KillStage } from './kill/stage.ts'
import { keyOf, labelOf, brokenPromises } from './support/broken-promises.ts'
import type { ProofRecords } from './support/broken-promises.ts'
import type { CreatedSaga } from './support/saga-load.ts'

const KILLS = 4
const VISITS = 5
const SECONDS = 200

describeKafka('the service on Kafka, with everything around it killed', () => {
  let stage: KillStage
  beforeAll(async () => void (stage = await KillStage.open()))
  afterAll(() => stage?.close())

  test('I1 I2 I3 I4 I7 P10 P18 P22 C7 no event and no command is lost', { timeout: SECONDS * 1_000 }, async () => {
    const begun = Date.now()
    const { load, probes, services } = stage
    await Promise.all([load.create(EACH, 26), killed(stage)])
    await stage.settled()
    // A worker that has read nothing must still know its offsets after another member has committed.
    await restarted(stage)
    await stage.joined()
    let taken = 0
    await Promise.all([
      visited(stage).then((all) => (taken = all)),
      sleep(300).then(() => load.create(EACH, 3 * VISITS)),
    ])
    await stage.settled()
    await Promise.all([load.create(EACH, 14), stopped(stage)])
    await stage.settled()

    await expect.poll(() => stage.lag(), { timeout: 10_000 }).toBe(0)
    await expect.poll(() => stage.undone(), { timeout: 20_000 }).toEqual([])
    await sleep(500)
    await probes.stop()
    const aftermath = await stage.look()
    const problems = [...brokenPromises(PLAN, load.created, aftermath), ...probes.problems()]
    console.log(summary(stage, aftermath, { taken, seconds: (Date.now() - begun) / 1_000 }))
    expect(load.created).toHaveLength(3 * EACH)
    expect(problems.slice(0, 20), `${problems.length} problems; logs in ${stage.folder}`).toEqual([])
    expect(taken, 'the run does not count: no event was taken by another').toBeGreaterThan(0)
    expect(savedByResend(stage, aftermath), 'the run does not count: no resend saved a saga').toBeGreaterThan(0)
    expect(services.effects.size).toBe(new Set(aftermath.commands.map(keyOf)).size)
    expect(probes.quiet, 'the run does not count: there was no quiet').toBeGreaterThan(20)
    rmSync(stage.folder, { recursive: true })
  })
})

/**
 * SIGKILL at random moments of the load: during the work, before the group is joined, and once while nothing can be written
 * and events arrive whose commands are settled: these events exist in the process alone.
 */
async function killed(stage: KillStage): Promise<void> {
  const { worker, probes, services } = stage
  const work = () => stage.joined().then(() => sleep(Math.random() * 1_500))
  const soon = () => sleep(Math.random() * 500)
  const held = async () => {
    await stage.joined()
    services.signal('SIGSTOP')
    await sleep(SETTLED)
    await whileHeld(worker.folder, async () => {
      services.signal('SIGCONT')
      await sleep(1_000)
      worker.killNow()
    })
  }
  for (const before of [work, soon, held, work]) {
    await probes.during({ ...SILENT, ill: before === held }, before)
    await restarted(stage)
  }
}

/** Time until a delivery is recorded, after which the command is never sent again. */
const SETTLED = 5_000
const SILENT = { grace: 500, silent: true, tells: [] } as const

function restarted({ worker, probes }: KillStage): Promise<void> {
  return probes.during({ ...SILENT, ill: false }, () => worker.restart())
}

/** Another member joins and leaves the group. Resolves with the number of events that it took. */
async function visited({ visit, probes }: KillStage): Promise<number> {
  let taken = 0
  for (let visits = 0; visits < VISITS; visits++) {
    const next = sleep(3_000)
    const tells = [{ path: '/-/ready', message: /another member of the group/ }] as const
    taken += await probes.during({ grace: 2_000, silent: false, ill: true, tells }, () => visit(1_500))
    await next
  }
  return taken
}

/** An outage of the broker of ten seconds. */
async function stopped({ broker, probes }: KillStage): Promise<void> {
  await sleep(2_000)
  const tells = [{ path: '/-/ready', message: /./ }] as const
  const neverWell = [5_000, 10_000] as const // the outage is longer than a session
  await probes.during({ grace: 10_000, silent: false, ill: true, tells, neverWell }, async () => {
    await broker.stop()
    await sleep(10_000)
    await broker.restart()
  })
}

/** The number of held reservations that were confirmed: their first check was not answered. */
function savedByResend({ load }: KillStage, { documents }: ProofRecords): number {
  const isSaved = ({ n, sagaId }: CreatedSaga) =>
    mannerOf(n) === 'silent-once' && documents.get(sagaId)?.currentState === 'reservationConfirmed'
  return load.created.filter(isSaved).length
}

function summary(
  stage: KillStage,
  aftermath: ProofRecords,
  { taken, seconds }: { readonly taken: number; readonly seconds: number },
) {
  const { load, services, lost, probes } = stage
  const { commands, events, effects, documents } = aftermath
  const early = load.created.filter(({ n }) => mannerOf(n) === 'early').length
  const expired = [...documents.values()].filter(({ history }) =>
    history.events.some(({ event }) => event === PLAN.timer?.event),
  ).length
  const again = commands.length - new Set(commands.map(keyOf)).size
  const twice = events.length - new Set(events.map((event) => `${event.key}/${labelOf(event)}`)).size
  const repeated = [...effects.values()].reduce((sum, times) => sum + times - 1, 0)
  return (
    `kafka kill -9: ${load.created.length} sagas, ${seconds.toFixed(1)} s; ${KILLS} kills, ${VISITS} visits that took ${taken} ` +
    `events, 1 broker stop; ${commands.length} commands, ${again} sent again; ${events.length} events, ${twice} sent again; ` +
    `${early} events came early; ${expired} checks expired, ${savedByResend(stage, aftermath)} were saved by a resend; ` +
    `${effects.size} effects, asked for again ${repeated} times; ${services.restarts} services restarted, ${lost} commands ` +
    `handed in to them again; probes: ${probes.samples.length}, ${probes.quiet} in the quiet, well again after ` +
    `${probes.longestRecovery} ms at most`
  )
}
