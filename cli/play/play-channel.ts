import type { ChannelConfiguration } from '../../src/config/channel-schema.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Channel, Sent } from '../../src/ports/channel.ts'
import type { PlayParticipants } from './play-participants.ts'

/**
 * Stands in for a channel of saga.json: the same id, limits and retries, and participants in this process. `undefined` for a Kafka
 * channel without output topics, which sends no commands: its events come by `POST /event`.
 */
export function playChannel(configuration: ChannelConfiguration, participants: PlayParticipants): Channel | undefined {
  const common = { id: configuration.id, probe: async () => ({ ok: true }) as const, close: async () => undefined }
  if (configuration.type === 'rest') {
    const { timeout, limits, retry } = configuration.configurations
    return { ...common, timeout, limits, retry, send: async (command) => participants.accept(command, REFUSED) }
  }
  if (configuration.configurations.outputTopics.length === 0) return undefined
  return { ...common, timeout: DEFAULTS.answer, retry: {}, send: async (command) => participants.accept(command, AWAY) }
}

/** How a participant fails: of a REST channel by its status, of a broker by silence. */
const REFUSED: Sent = { kind: 'rejected', status: 503, retryable: true, answer: 'the play file says so' }
const AWAY: Sent = { kind: 'unreachable', why: 'the play file says so' }
