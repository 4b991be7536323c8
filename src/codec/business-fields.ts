import type { BusinessTag } from '../machine/compile.ts'

/** Fields of a business state in a document (C5). */
export interface BusinessStateFields {
  readonly businessStateId?: string | number
  readonly businessStateDescription?: string
}

/** Fields of a business event in a document (C5). */
export interface BusinessEventFields {
  readonly businessEventId?: string | number
  readonly businessEventDescription?: string
}

/** The fields of a business state: a state without one has neither key (C5). */
export function businessState(business: BusinessTag | undefined): BusinessStateFields {
  if (business === undefined) return {}
  const { id, description } = business
  return { businessStateId: id, ...(description !== undefined && { businessStateDescription: description }) }
}

/** The fields of a business event: an event without one has neither key (C5). */
export function businessEvent(business: BusinessTag | undefined): BusinessEventFields {
  if (business === undefined) return {}
  const { id, description } = business
  return { businessEventId: id, ...(description !== undefined && { businessEventDescription: description }) }
}
