import type { SagaEvent } from '../../src/engine/saga.ts'
import type { Intake, Taken } from '../../src/ports/source.ts'

export const SETTLED: Taken = { kind: 'settled' }

/** An intake that answers when the test says so; `origin` names an event. */
export interface FakeIntake extends Intake {
  isAway: boolean
  /** Offsets in the order in which they were handed in. */
  readonly begun: readonly string[]
  /** Events that have no answer yet. */
  readonly open: number
  answer(offset: number | string, taken?: Taken): void
  /** The answer to every event from now on. */
  always(taken: Taken | undefined): void
}

export function fakeIntake(): FakeIntake {
  const begun: string[] = []
  const open = new Map<string, (taken: Taken) => void>()
  let always: Taken | undefined
  return {
    isAway: false,
    begun,
    get open() {
      return open.size
    },
    take({ origin }: SagaEvent): Promise<Taken> {
      const offset = origin?.split('/').at(-1) ?? ''
      begun.push(offset)
      return always === undefined ? new Promise((resolve) => open.set(offset, resolve)) : Promise.resolve(always)
    },
    answer(offset, taken = SETTLED) {
      const resolve = open.get(String(offset))
      if (resolve === undefined) throw new TypeError(`answer an event: ${offset} is not under way`)
      open.delete(String(offset))
      resolve(taken)
    },
    always: (taken) => void (always = taken),
  }
}
