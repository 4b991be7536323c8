import type { Instant } from '../../../src/engine/saga.ts'
import type { RedisKeys } from './keys.ts'
import type { AskScript } from './read.ts'
import { TIME } from './scripts/probe.ts'

/** The store's time, after a write of a key that is no saga. Throws where the store cannot be read or written. */
export async function probeTime({ probe, due, final, all, open }: RedisKeys, ask: AskScript): Promise<Instant> {
  const [seconds, micros] = (await ask(TIME, [probe, due, final, all, open], [])) as [string, string]
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
}
