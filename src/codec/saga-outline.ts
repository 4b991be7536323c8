import type { Saga } from '../engine/saga.ts'
import { businessState } from './business-fields.ts'
import type { BusinessStateFields } from './business-fields.ts'

/** The fields of a document that both a whole document and a summary have. */
export interface SagaOutline extends BusinessStateFields {
  readonly sagaId: string
  readonly associatedEntityId: string
  readonly currentState: string
  readonly latestEvent: string
  readonly isFinal: boolean
}

/** The outline of a saga. */
export function encodeOutline(
  saga: Pick<Saga, 'id' | 'entity' | 'state' | 'latestEvent' | 'isFinal' | 'business'>,
): SagaOutline {
  return {
    sagaId: saga.id,
    associatedEntityId: saga.entity,
    currentState: saga.state,
    latestEvent: saga.latestEvent,
    isFinal: saga.isFinal,
    ...businessState(saga.business),
  }
}
