import type { ObservedRun } from '../../../checker/observation.ts'
import type { SagaDocument } from '../../../../src/codec/saga-document.ts'
import type { Saga, SagaId } from '../../../../src/engine/saga.ts'
import { machineOf } from '../machines/simulated-machine.ts'
import type { ParticipantAct } from '../network/simulated-participants.ts'
import type { Happening } from '../run-chance.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import { documentOf } from '../stores/durable-sagas.ts'
import type { DurableSagas } from '../stores/durable-sagas.ts'
import type { Plan } from './plan.ts'
import { termsOf } from './terms-of.ts'

/** A run and what the simulator alone knows of it. */
export interface SimulatedRun extends ObservedRun {
  readonly seed: number
  readonly plan: Plan
  readonly happened: readonly Happening[]
  /** Virtual milliseconds of each observation. */
  readonly timeOf: (at: number) => number
  /** Actions of the scheduler. */
  readonly actions: number
  /** It was cut off: not every saga had come to its end, or to rest. */
  readonly isCut: boolean
  readonly acts: readonly ParticipantAct[]
}

/** What is left of a run at its end. */
export interface RunRemains extends Pick<SimulatedRun, 'seed' | 'plan' | 'actions' | 'isCut' | 'acts'> {
  readonly world: SimulatedWorld
  readonly sagas: DurableSagas
  readonly operations: SimulatedRun['operations']
}

/** The record of a run. */
export function recordOf({ world, sagas: stored, plan, ...rest }: RunRemains): SimulatedRun {
  const { log, chance } = world
  const sagas = new Map<SagaId, { readonly head: Saga; readonly document: SagaDocument }>()
  for (const one of stored.all()) sagas.set(one.saga.id, { head: one.saga, document: documentOf(one) })
  return {
    ...rest,
    plan,
    happened: chance.happened,
    timeOf: (at) => log.timeOf(at),
    observations: log.observations,
    machines: new Map(plan.versions.map((version) => [machineOf(version).hash, version.definition])),
    sagas,
    terms: termsOf(plan),
  }
}
