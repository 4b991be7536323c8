import type { Duration } from '../../../../src/engine/saga.ts'
import type { UnexpectedEvents } from '../../../../src/orchestrator/events/event-task.ts'
import type { ChannelRetry, FlowLimits } from '../../../../src/ports/channel.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { Dice, Odds } from '../run-chance.ts'
import { LATER, oddsOf } from './odds.ts'
import { SIMULATED_FAULTS } from '../simulated-faults.ts'
import { CATALOGUE } from '../machines/catalogue.ts'
import { unionOf } from '../machines/deployed-machine.ts'
import type { MachineVersion } from '../machines/deployed-machine.ts'
import { pooledChange, pooledMachine } from '../machines/machine-pool.ts'
import { channelsOf, firstVersionOf, withoutDeadlines } from '../machines/simulated-machine.ts'
import { STORE_KINDS, STORES } from '../stores/store-kinds.ts'
import type { StoreKind } from '../stores/store-kinds.ts'

/** Everything about a run that is decided before it begins. */
export interface Plan {
  readonly store: StoreKind
  /** Versions of the machine: the first, and a changed one where it is changed in the run. */
  readonly versions: readonly MachineVersion[]
  /** When the second version is deployed. */
  readonly deployAt: Duration
  /** Index of the version with which the run ends. */
  readonly lastVersion: number
  readonly processes: number
  readonly sagas: number
  /** Part of the sagas that begin later than they are created. */
  readonly later: number
  /** Actions of operators. */
  readonly operations: number
  /** Bulk operations; with 0 the run has no records, and processes do not look for them. */
  readonly bulks: number
  /** Time that final sagas are kept; absent: for ever. */
  readonly retention?: Duration | undefined
  /** Part of the events of participants that come through the source; 0: there is none. */
  readonly sourced: number
  readonly partitions: number
  /** The source has a place for poison (P10). */
  readonly hasDeadLetters: boolean
  readonly unexpectedEvents: UnexpectedEvents
  readonly retries: ReadonlyMap<string, ChannelRetry | undefined>
  readonly limits: ReadonlyMap<string, FlowLimits | undefined>
  readonly odds: Odds
  /** Virtual time at which faults end. */
  readonly calmAt: Duration
}

/** What a caller may fix of the plan. */
export interface PlanOptions {
  readonly store?: StoreKind | undefined
  /** The run has one of these machines. Default: one of the catalogue, or a generated one. */
  readonly machines?: readonly MachineDefinition[] | undefined
  /** Machines beside those of the catalogue. */
  readonly examples?: readonly MachineDefinition[] | undefined
}

/** Numbers of generated machines, and of changes of one machine: compiled machines are kept. */
const POOL = 500
const POOL_OF_CHANGES = 9

/** Part of the runs with bulk operations, where the store can list; their sagas are so many more, so that pages end between them. */
const BULKS = 1 / 4
const CROWD = 3

/** Part of the runs, over the same stores, in which final sagas are removed: after the latest instant of a late write. */
const RETENTION = 1 / 8
const KEPT: Duration = 70_000
/** Such a run is longer: processes look for what is over once a minute. */
const LONGER = { least: 150_000, most: 300_000 }

/** The plan of a seed. What came later draws from `extras`, so that older seeds mean the same runs. */
export function planOf(dice: Dice, extras: Dice, options: PlanOptions): Plan {
  const plan = basicPlanOf(dice, options)
  const [hasBulks, hasRetention] = [extras.is(BULKS), extras.is(RETENTION)]
  const [bulks, crowd, longer] = [1 + extras.upTo(1), extras.upTo(CROWD), extras.wait(LONGER.least, LONGER.most)]
  if (plan.store !== 'shared' && plan.store !== 'single') return plan
  return {
    ...plan,
    ...(hasBulks && { bulks, sagas: plan.sagas + crowd }),
    ...(hasRetention && { retention: KEPT, calmAt: plan.calmAt + longer }),
  }
}

function basicPlanOf(dice: Dice, { store, machines, examples = [] }: PlanOptions): Plan {
  const kind = store ?? dice.among(STORE_KINDS)
  const { processes, isRedelivered } = STORES[kind]
  const isGenerated = machines === undefined && dice.is(1 / 2)
  const chosen = isGenerated ? pooledMachine(dice.upTo(POOL)) : dice.among(machines ?? [...CATALOGUE, ...examples])
  const definition = isRedelivered ? withoutDeadlines(chosen) : chosen
  const change = dice.is(1 / 5) ? pooledChange(definition, dice.upTo(POOL_OF_CHANGES)) : undefined
  const versions = [firstVersionOf(definition), ...(change === undefined ? [] : [change.next])]
  const calmAt = dice.wait(5_000, 120_000)
  const channels = channelsOf(unionOf(versions))
  return {
    store: kind,
    versions,
    deployAt: dice.upTo(calmAt),
    lastVersion: change === undefined || change.isTakenBack ? 0 : 1,
    processes: 1 + dice.upTo(processes - 1),
    sagas: 1 + dice.upTo(2),
    later: LATER,
    operations: dice.is(1 / 2) ? 0 : dice.upTo(4),
    bulks: 0,
    sourced: kind === 'object' || dice.is(1 / 2) ? 0 : dice.among([0.5, 1]),
    partitions: 1 + dice.upTo(1),
    hasDeadLetters: dice.is(1 / 2),
    unexpectedEvents: dice.among(['ignore', 'reject', 'park', 'park']),
    retries: new Map(channels.map((channel) => [channel, retryOf(dice)])),
    odds: oddsOf(dice, SIMULATED_FAULTS),
    calmAt,
    limits: new Map(channels.map((channel) => [channel, dice.is(1 / 5) ? limitsOf(dice) : undefined])),
  }
}

/** Small ones, so that they are met; the limit of each key is that of each saga. */
function limitsOf(dice: Dice): FlowLimits {
  const by = dice.is(1 / 2) ? ['index'] : undefined
  const rate = dice.is(1 / 2) ? { limit: 1 + dice.upTo(4), by } : undefined
  return { rate, concurrency: rate === undefined || dice.is(1 / 2) ? { limit: 1 + dice.upTo(1), by } : undefined }
}

function retryOf(dice: Dice): ChannelRetry | undefined {
  switch (dice.upTo(5)) {
    case 0:
      return { attempts: 1 }
    case 1:
      return { attempts: 3 }
    case 2:
      return { attempts: 5, giveUpAfter: 20_000 }
    case 3:
      return { firstWait: 100, longestWait: 5_000 }
    default:
      return undefined
  }
}
