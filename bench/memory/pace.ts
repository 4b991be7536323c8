import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds between two starts of a group. */
const TICK = 20

/** A load that does not slow down where the service does. */
export interface Pace {
  /** Starts a second. */
  readonly rate: number
  readonly seconds: number
}

/** Starts `one` at a fixed rate, whatever the earlier ones do; resolves when all have ended. Rejects with the first failure. */
export async function atPace({ rate, seconds }: Pace, one: (number: number) => Promise<void>): Promise<void> {
  const begun = performance.now()
  const all = rate * seconds
  const running: Promise<void>[] = []
  let failure: unknown
  while (running.length < all && failure === undefined) {
    const due = Math.min(all, Math.ceil(((performance.now() - begun) / 1_000) * rate))
    while (running.length < due) running.push(one(running.length).catch((thrown: unknown) => void (failure ??= thrown)))
    await pause(TICK)
  }
  await Promise.all(running)
  if (failure !== undefined) throw failure
}
