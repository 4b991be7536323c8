import { isDeepStrictEqual } from 'node:util'
import type { Configuration } from '../../../src/config/examine-configuration.ts'
import { outlineOf, stateNow } from '../../../src/config/strandings.ts'
import type { FileOutline } from '../../../src/config/strandings.ts'
import type { ServiceFailure } from '../../service/api-client.ts'
import { machineToRead } from '../../service/checked-configuration.ts'
import type { AskedService, DeployPlan } from './deploy-plan.ts'
import { effectsOf, needsCare } from './effects.ts'
import type { Effect } from './effects.ts'
import { fileChanges } from './file-changes.ts'
import { readLiveSagas } from './live-sagas.ts'
import type { LiveSagas } from './live-sagas.ts'
import type { LiveSource } from './live-source.ts'
import { adviseMovedStates } from './moved-states.ts'
import { readParked } from './parked-events.ts'
import type { LostParked } from './parked-events.ts'
import { judgeParked } from './parked-verdict.ts'

/** Two valid files. */
export interface FilePair {
  readonly before: Configuration
  readonly after: Configuration
}

/** A plan without the paths of its files. */
export type PlannedFiles = Omit<DeployPlan, 'old' | 'new'>

/** The sagas of a service, and the service itself; `live` is absent where its store can neither count nor list. */
export interface SurveyedService {
  readonly service: AskedService
  readonly live?: LiveSagas | undefined
  readonly lost: readonly LostParked[]
}

/** What a deploy of the new file changes. Without `surveyed` the effects have no numbers. */
export function planDeploy({ before, after }: FilePair, surveyed?: SurveyedService): PlannedFiles {
  const [old, now] = [outline(before), outline(after)]
  const changes = fileChanges({
    before,
    after,
    nameNow: (id) => (hasState(old, id) ? stateNow(now, id) : undefined) ?? id,
  })
  const effects = effectsOf({ before: old, after: now, changes, live: surveyed?.live, lost: surveyed?.lost ?? [] })
  const planned = effects.map((effect) => ({ ...effect, needsCare: needsCare(effect) }))
  const found = adviseMovedStates({ before: before.machine, after: after.machine, gone: effects.flatMap(stateGone) })
  const isAdvised = Object.keys(found.movedStates).length > 0
  return {
    changes,
    effects: planned,
    isSafe: !planned.some((effect) => effect.needsCare),
    // The whole setting, so that it can be pasted.
    advice: { ...found, movedStates: isAdvised ? { ...now.movedStates, ...found.movedStates } : {} },
    service: surveyed?.service,
  }
}

/** Asks a service or a store for the sagas that a deploy would meet. Answers the failure where it does not answer or refuses. */
export async function surveyService(
  source: LiveSource,
  { before, after }: FilePair,
): Promise<SurveyedService | ServiceFailure> {
  const machine = await source.machine()
  if (!machine.ok) return machine
  const hasOldMachine = machine.value === undefined || isDeepStrictEqual(machine.value, before.machineShown)
  const service = { url: source.place, hasOldMachine }
  const kept = outline(after).channels
  const answer = await readLiveSagas(
    source,
    outline(before).channels.filter((channel) => !kept.includes(channel)),
  )
  if (answer.kind === 'failed') return answer.failure
  if (answer.kind === 'unknown') return { service: { ...service, unknown: answer.why }, lost: [] }
  const { live } = answer
  const all = [...live.states.values()]
  const hasParked = !live.isComplete || all.some(({ parked }) => parked > 0)
  const judge = judgeParked({ before: machineToRead(before), after: machineToRead(after) })
  const parked = hasParked ? await readParked(source, judge) : { lost: [], isComplete: true }
  if ('ok' in parked) return parked
  const open = all.reduce((sum, { sagas }) => sum + sagas, 0)
  const isComplete = live.isComplete && parked.isComplete
  return { service: { ...service, open, isComplete }, live, lost: parked.lost }
}

function outline({ machine, channels, settings }: Configuration): FileOutline {
  return outlineOf(machine, { movedStates: settings.movedStates, channels: channels.map(({ id }) => id) })
}

function hasState({ states }: FileOutline, id: string): boolean {
  return states.some((state) => state.id === id)
}

function stateGone(effect: Effect): readonly string[] {
  return effect.kind === 'gone' && !effect.isEnded ? [effect.state] : []
}
