import type { Creation, Door } from './door.ts'
import type { Endings } from './endings.ts'

/** What became of one saga. */
export interface Led {
  readonly sagaId: string
  /** Its final state; `undefined` where it came to none in time. */
  readonly state: string | undefined
  /** From the request that created it to the answer that said it was final, in milliseconds. */
  readonly ms: number
}

/** Creates one saga and waits until the participants have brought it to its end. */
export async function lead(door: Door, endings: Endings, creation: Creation, patience: number): Promise<Led> {
  const begun = performance.now()
  const sagaId = await door.create(creation)
  const state = await endings.of(sagaId, patience)
  return { sagaId, state, ms: performance.now() - begun }
}

/** Works side by side, each lane one thing after the other, until `next` says that there is no more. */
export async function sideBySide(lanes: number, next: () => Promise<boolean>): Promise<void> {
  const lane = async (): Promise<void> => {
    while (await next());
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
