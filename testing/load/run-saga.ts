import type { SagaRequest, ServiceClient } from './service-client.ts'
import type { SagaEndings } from './saga-endings.ts'

/** One saga from its creation to its end. */
export interface SagaRun {
  readonly sagaId: string
  /** Its final state; `undefined` where it reached none in time. */
  readonly state: string | undefined
  /** Milliseconds from the request that created it to the answer that said it was final. */
  readonly ms: number
}

/** Everything that running one saga to its end needs. */
export interface SagaRunner {
  readonly service: ServiceClient
  readonly endings: SagaEndings
  /** Milliseconds to wait for the end. */
  readonly patience: number
}

/** Creates one saga and waits until its participants have moved it to its end. */
export async function runSaga({ service, endings, patience }: SagaRunner, creation: SagaRequest): Promise<SagaRun> {
  const begun = performance.now()
  const sagaId = await service.create(creation)
  const state = await endings.of(sagaId, patience)
  return { sagaId, state, ms: performance.now() - begun }
}

/** Calls `next` in `lanes` parallel loops, each one call after the other, until it resolves to false. */
export async function sideBySide(lanes: number, next: () => Promise<boolean>): Promise<void> {
  const lane = async (): Promise<void> => {
    while (await next());
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
