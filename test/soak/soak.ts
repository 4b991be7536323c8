import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Violation } from '../../testing/checker/observation.ts'
import { seededRandom } from '../../testing/simulation/seeded-random.ts'
import { messageOf } from '../../src/errors.ts'
import type { Deployment, Stage } from './deployment.ts'
import { judge } from './judge.ts'
import { killInTurn } from './kills.ts'
import type { Kill } from './kills.ts'
import { Minutes } from './minutes.ts'
import { OrderDriver } from './order-driver.ts'
import { comeToRest } from './rest.ts'
import { standstillLines } from './standstill.ts'

/** Options of `soak`. */
export interface SoakOptions {
  /** Folder of ledgers and logs; it is kept. */
  readonly folder: string
  readonly seed: number
  /** Asked before each kill, with the number of those before and the ms since the first saga. */
  readonly isOver: (kills: number, elapsed: number) => boolean
  /** Shortest and longest time in ms from one recovery to the next kill. */
  readonly between: readonly [number, number]
  /** Sagas in flight, and the ms of a lane between two of them. */
  readonly lanes: number
  readonly pause: number
  readonly log: (line: string) => void
}

/** What a soak has seen. */
export interface SoakReport {
  readonly sagas: number
  readonly seconds: number
  /** Seconds from the end of the faults until nothing waited any more. */
  readonly calm: number
  readonly kills: readonly Kill[]
  /** Commands that arrived again under their key. */
  readonly repeated: number
  /** Creations that were refused with 503, and came again. */
  readonly refused: number
  readonly violations: readonly Violation[]
}

/** Most ms from the end of a restart until a saga that began after it has ended. */
const RECOVERY = 60_000

/** Runs sagas on a deployment while its processes are killed in turn; then waits for the end of everything and compares the ledgers. */
export async function soak(deployment: Deployment, options: SoakOptions): Promise<SoakReport> {
  mkdirSync(options.folder, { recursive: true })
  const stage = await deployment.open(options.folder)
  options.log('it runs')
  let isKept = true
  try {
    const report = await run(stage, options)
    isKept = report.violations.length > 0
    return report
  } finally {
    await stage.close(isKept)
  }
}

async function run(stage: Stage, options: SoakOptions): Promise<SoakReport> {
  const { folder, seed, lanes, pause, log } = options
  const driver = new OrderDriver({
    url: stage.url,
    ledger: join(folder, 'driver.ledger'),
    run: `${seed}`,
    lanes,
    pause,
  })
  const kills: Kill[] = []
  const begun = Date.now()
  const driving = driver.run()
  driving.catch(() => undefined) // `comeToRest` tells
  const minutes = new Minutes({ driver, kills, log })
  const troubles = await killed(stage, driver, { ...options, begun, killed: (one) => kills.push(one) })
  const idle = minutes.stop()
  const seconds = (Date.now() - begun) / 1_000
  const rest = await comeToRest({ stage, driver, driving, log })
  const calm = (Date.now() - begun) / 1_000 - seconds
  const created = [...driver.created, ...stage.created]
  const { violations, repeated } = judge({ stage, folder, created, documents: rest.documents })
  return {
    sagas: new Set(created.map(({ sagaId }) => sagaId)).size,
    seconds,
    calm,
    kills,
    repeated,
    refused: driver.refusals.get(UNAVAILABLE) ?? 0,
    violations: [...troubles, ...idle, ...wrongRefusals(driver), ...rest.violations, ...violations],
  }
}

const UNAVAILABLE = 503

/** A creation that cannot be taken now is 503: its client repeats it (C7). */
function wrongRefusals({ refusals }: OrderDriver): readonly Violation[] {
  const wrong = [...refusals].filter(([status]) => status !== UNAVAILABLE)
  return wrong.map(([status, count]) => ({
    rule: 'C7',
    why: `${count} creations were refused with ${status}, expected ${UNAVAILABLE}`,
  }))
}

interface Killing extends SoakOptions {
  readonly begun: number
  readonly killed: (kill: Kill) => void
}

async function killed(
  stage: Stage,
  driver: OrderDriver,
  { seed, isOver, begun, ...options }: Killing,
): Promise<readonly Violation[]> {
  const { targets } = stage
  const { ended } = driver
  const over = (kills: number) => isOver(kills, Date.now() - begun)
  try {
    await killInTurn({ ...options, targets, ended, random: seededRandom(seed), patience: RECOVERY, isOver: over })
    return []
  } catch (thrown) {
    for (const line of await standstillLines(stage, driver)) options.log(line) // as it is now: it may go on later
    return [{ rule: 'I9', why: messageOf(thrown) }]
  }
}
