import type { Requests } from '../clients/requests.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import { STORES } from '../stores/store-kinds.ts'
import type { Plan } from './plan.ts'

/** The creations of a run, each with a key; some keys are used again with another body (P8). */
export function createSagas({ agenda, chance, clock }: SimulatedWorld, plan: Plan, requests: Requests): void {
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
    if (dice.fault('creation-reused'))
      agenda.after(at + dice.wait(0, 5_000), () => requests.create({ ...creation, metadata: { other: index } }))
  }
}
