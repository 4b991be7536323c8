import type { Requests } from '../clients/requests.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import { STORES } from '../stores/store-kinds.ts'
import type { Plan } from './plan.ts'

/** The creations of a run, each with a key; some keys are used again with another body (P8). */
export function createSagas(world: SimulatedWorld, plan: Plan, requests: Requests): void {
  const { agenda, chance, clock } = world
  const dice = chance.stream('sagas')
  const { isRedelivered } = STORES[plan.store]
  for (let index = 0; index < plan.sagas; index++) {
    const id = `s${index + 1}`
    const at = dice.wait(0, 2_000)
    const later = dice.wait(1_000, 60_000)
    if (!dice.part(`creation of ${id}`)) continue
    const creation = { id, entity: `entity-${index + 1}`, metadata: { index }, key: `key/create-${index + 1}` }
    const isLater = !isRedelivered && dice.part(`beginning of ${id} is later`, plan.later)
    const request = isLater ? { ...creation, notBefore: clock + later } : creation
    agenda.after(at, () => requests.create(request))
    const again = (client: string) => requests.create(creation, client)
    if (plan.retention !== undefined) createAgain(world, { id, before: plan.calmAt, create: again })
    if (dice.fault('creation-reused'))
      agenda.after(at + dice.wait(0, 5_000), () => requests.create({ ...creation, metadata: { other: index } }))
  }
}

/** The client has forgotten that it was answered: by then the saga may have been removed, and another life of it begins. */
function createAgain({ agenda, chance }: SimulatedWorld, { id, before, create }: RepeatedCreation): void {
  const dice = chance.stream(`creation again ${id}`)
  for (let times = 0; times < AGAIN; times++) {
    const at = AFTER + dice.upTo(before)
    if (dice.part(`creation of ${id} again`, 1 / 2) && at < before) agenda.after(at, () => create(` again ${times}`))
  }
}

interface RepeatedCreation {
  readonly id: string
  /** Instant of the agenda. */
  readonly before: number
  readonly create: (client: string) => void
}

const AGAIN = 2
/** Earlier no saga can have been removed. */
const AFTER = 60_000
