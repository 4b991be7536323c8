import type { ServiceFailure } from '../../service/api-client.ts'
import type { PlannedEffect } from './deploy-plan.ts'
import type { LiveSource } from './live-source.ts'
import type { PlannedFiles } from './plan-deploy.ts'

/** The plan with ids of the sagas that need care: of each effect the newest ones, at most `most`. */
export async function withSagaIds(
  plan: PlannedFiles,
  source: LiveSource,
  most: number,
): Promise<PlannedFiles | ServiceFailure> {
  const effects: PlannedEffect[] = []
  for (const effect of plan.effects) {
    const filters = effect.needsCare && effect.sagas !== undefined ? filtersOf(effect) : undefined
    const ids = filters === undefined ? undefined : await idsOf(source, filters, most)
    if (ids !== undefined && 'ok' in ids) return ids
    effects.push(ids === undefined ? effect : { ...effect, ids })
  }
  return { ...plan, effects }
}

type Filters = Readonly<Record<string, string>>

/** The filters of `GET /sagas` that find the sagas of an effect. */
function filtersOf(effect: PlannedEffect): Filters | undefined {
  switch (effect.kind) {
    case 'gone':
    case 'moved':
    case 'deaf':
      return { currentState: effect.state, isFinal: 'false' }
    case 'channel':
      return { channel: effect.channel }
    case 'store':
      return { isFinal: 'false' }
    case 'store-settings':
    case 'parked':
    case 'timer':
    case 'command':
    case 'payload':
      return undefined
  }
}

async function idsOf(source: LiveSource, filters: Filters, most: number): Promise<readonly string[] | ServiceFailure> {
  const ids: string[] = []
  const read = await source.list({ filters, most }, (items) => void ids.push(...items.map(({ sagaId }) => sagaId)))
  // The last saga of a state that no file has went on meanwhile: its name is unknown now.
  return read.ok || read.status === 400 ? ids : read
}
