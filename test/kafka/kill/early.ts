import { FMClientBuilder } from '@mia-platform/flow-manager-client'
import type { FlowManagerClient } from '@mia-platform/flow-manager-client'
import { pino } from 'pino'
import type { ParticipantSettings } from '../../../examples/kafka/services/participant.ts'
import { mannerOf } from './manners.ts'

/**
 * Starts a service that validates some reservations, and tells of the check before the validation. The tutorial's participants
 * answer with one event, so it has a client of its own.
 */
export async function startEarly(
  settings: ParticipantSettings,
  does: (n: number, command: string) => void,
): Promise<Pick<FlowManagerClient, 'isReady'>> {
  const client = new FMClientBuilder(pino(), { clientId: settings.group, brokers: settings.brokers.join() })
    .configureCommandsExecutor(settings.commands, { groupId: settings.group })
    .configureEventsEmitter(settings.events)
    .build()
  client.onCommand('validateReservation', async (_sagaId, metadata, emit) => {
    const n = Number(metadata['n'])
    if (mannerOf(n) !== 'early') return
    does(n, 'validateReservation')
    try {
      await emit('checkOK', {})
      await emit('validationOK', {})
    } catch {
      process.exit(1) // the next process gets the command again, and repeats the early event under another offset
    }
  })
  await client.start().catch((thrown: unknown) => {
    if (!/become ready/.test(String(thrown))) throw thrown // it gives up after 600 ms, and goes on joining
  })
  return client
}
