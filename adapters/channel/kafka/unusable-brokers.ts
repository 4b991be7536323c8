import { DEFAULTS } from '../../../src/defaults.ts'
import type { Channel } from '../../../src/ports/channel.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { Source } from '../../../src/ports/source.ts'
import type { KafkaOptions } from './settings.ts'

/** Why no broker of this channel can ever be reached; nothing where one may be. */
export function whyHopeless({ id, configurations, hopeless = [] }: KafkaOptions): string | undefined {
  const isReachable = configurations.brokers.length > 0 || hopeless.length === 0
  return isReachable ? undefined : `channel "${id}": ${hopeless.join('; ')}`
}

/** Keeps commands owed and says why: a corrected file sends them. */
export function hopelessChannel({ id, configurations }: KafkaOptions, why: string): Channel | undefined {
  if (configurations.outputTopics.length === 0) return undefined
  const send = async () => ({ kind: 'unreachable', why }) as const
  return { id, timeout: DEFAULTS.answer, send, probe: ill(why), close: async () => undefined }
}

/** Takes no events and says why. Whether any were acknowledged before cannot be asked. */
export function hopelessSource({ id, configurations }: KafkaOptions, why: string): Source | undefined {
  if (configurations.inputTopics.length === 0) return undefined
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  return {
    id,
    hasBegun: async () => undefined,
    run: () => closed,
    alive: () => ({ ok: true }), // a restart mends no address
    probe: ill(why),
    close: async () => close(),
  }
}

function ill(why: string): () => Promise<Health> {
  return async () => ({ ok: false, why })
}
