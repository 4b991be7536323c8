import { DEFAULTS } from '../../../src/defaults.ts'
import type { Channel } from '../../../src/ports/channel.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { Source } from '../../../src/ports/source.ts'
import type { KafkaOptions } from './settings.ts'

/** The reason where no broker address of the channel is usable; `undefined` where one is. */
export function whyUnusable({ id, configurations, unusableBrokers = [] }: KafkaOptions): string | undefined {
  const isUsable = configurations.brokers.length > 0 || unusableBrokers.length === 0
  return isUsable ? undefined : `channel "${id}": ${unusableBrokers.join('; ')}`
}

/** A channel that answers `unreachable` to every command: the outbox keeps them until the file is corrected. */
export function unusableChannel({ id, configurations }: KafkaOptions, why: string): Channel | undefined {
  if (configurations.outputTopics.length === 0) return undefined
  const send = async () => ({ kind: 'unreachable', why }) as const
  return { id, timeout: DEFAULTS.answer, send, probe: unhealthy(why), close: async () => undefined }
}

/** A source that takes no events. It cannot tell whether the group has acknowledged events before. */
export function unusableSource({ id, configurations }: KafkaOptions, why: string): Source | undefined {
  if (configurations.inputTopics.length === 0) return undefined
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  return {
    id,
    hasBegun: async () => undefined,
    run: () => closed,
    alive: () => ({ ok: true }), // a restart does not correct an address
    probe: unhealthy(why),
    assignments: 0,
    caughtUp: () => closed, // its topics may hold answers
    close: async () => close(),
  }
}

function unhealthy(why: string): () => Promise<Health> {
  return async () => ({ ok: false, why })
}
