import type { UnexpectedEvents } from '../../../../src/orchestrator/events/event-task.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { ChannelRetry, FlowLimits } from '../../../../src/ports/channel.ts'
import { firstVersionOf, withoutDeadlines } from '../machines/simulated-machine.ts'
import type { SimulatedPlay } from '../network/simulated-play.ts'
import type { Dice, Odds } from '../run-chance.ts'
import { SIMULATED_FAULTS } from '../simulated-faults.ts'
import type { SimulatedFault } from '../simulated-faults.ts'
import { STORES } from '../stores/store-kinds.ts'
import type { StoreKind } from '../stores/store-kinds.ts'
import { LATER, oddsOf } from './odds.ts'
import type { Plan } from './plan.ts'

/** The machine of a user as its saga.json has it, and participants for it. Plain data. */
export interface PlayedService {
  readonly definition: MachineDefinition
  readonly play: SimulatedPlay
  readonly store: StoreKind
  /** By the ids of channels. */
  readonly retries: ReadonlyMap<string, ChannelRetry | undefined>
  readonly limits: ReadonlyMap<string, FlowLimits | undefined>
  readonly unexpectedEvents: UnexpectedEvents
  /** Events may come through a broker. */
  readonly isSourced: boolean
  /** Without any fault, one saga a run: for the numbers that depend on participants alone. */
  readonly isPlain: boolean
}

/**
 * Faults that a machine is not to blame for: participants that break their contract (docs/PARTICIPANTS.md), clients that use a key twice,
 * documents that outgrow the store, refusals that wait for an operator, operators who pause a channel.
 */
const OTHERS: ReadonlySet<SimulatedFault> = new Set<SimulatedFault>([
  'participant-forgets',
  'event-misplaced',
  'creation-reused',
  'operation-reused',
  'write-too-large',
  'send-refused',
  'channel-paused',
])
const PLAYED_FAULTS = SIMULATED_FAULTS.filter((kind) => !OTHERS.has(kind))
const NO_FAULTS: Odds = new Map()

/** The plan of a seed for a machine of a user: no other version of it is deployed, and no operator acts. */
export function playedPlanOf(dice: Dice, service: PlayedService): Plan {
  const { definition, store, retries, limits, unexpectedEvents, isSourced, isPlain } = service
  const { processes, isRedelivered } = STORES[store]
  const version = firstVersionOf(isRedelivered ? withoutDeadlines(definition) : definition)
  const calmAt = isPlain ? 0 : dice.wait(5_000, 120_000)
  return {
    store,
    versions: [version],
    deployAt: calmAt,
    lastVersion: 0,
    processes: isPlain ? 1 : 1 + dice.upTo(processes - 1),
    sagas: isPlain ? 1 : 1 + dice.upTo(2),
    later: isPlain ? 0 : LATER,
    operations: 0,
    bulks: 0,
    sourced: isPlain || !isSourced ? 0 : dice.among([0, 0.5, 1]),
    partitions: 1 + dice.upTo(1),
    hasDeadLetters: true,
    unexpectedEvents,
    retries,
    limits,
    odds: isPlain ? NO_FAULTS : oddsOf(dice, PLAYED_FAULTS),
    calmAt,
  }
}
