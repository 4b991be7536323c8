import process from 'node:process'
import type { Participant, ParticipantSettings } from './participant.ts'

/** Milliseconds outside of its group, after which the process exits to be started again. */
const PATIENCE = 60_000
const LOOK = 1_000

/** Runs a participant as a process, with settings from the environment, until SIGTERM or SIGINT. */
export async function run(
  group: string,
  start: (settings: ParticipantSettings) => Promise<Participant>,
): Promise<void> {
  let participant: Participant | undefined
  let stopping: Promise<void> | undefined
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      stopping ??= (participant?.stop() ?? Promise.resolve()).finally(() => process.exit(0))
    })
  participant = await start(settingsFrom(process.env, group))
  watch(participant, () => stopping === undefined)
}

/** Variables → settings. The defaults are those of compose.yaml. */
export function settingsFrom(
  variables: Readonly<Record<string, string | undefined>>,
  group: string,
): ParticipantSettings {
  return {
    brokers: (variables['KAFKA_BROKERS'] || 'kafka:9092').split(','),
    commands: variables['COMMANDS_TOPIC'] || 'reservation.commands',
    events: variables['EVENTS_TOPIC'] || 'reservation.events',
    group: variables['CONSUMER_GROUP'] || group,
  }
}

function watch(participant: Participant, wanted: () => boolean): void {
  let seen = Date.now()
  setInterval(() => {
    if (participant.isReady()) seen = Date.now()
    else if (wanted() && Date.now() - seen > PATIENCE) process.exit(1)
  }, LOOK)
}
