import process from 'node:process'
import type { Participant, Place } from './participant.ts'

/** Out of its group for so long, it is better started anew. */
const PATIENCE = 60_000
const LOOK = 1_000

/** The life of a participant in a process of its own: started where the environment says, ended by SIGTERM or SIGINT. */
export async function run(group: string, start: (place: Place) => Promise<Participant>): Promise<void> {
  let participant: Participant | undefined
  let stopping: Promise<void> | undefined
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      stopping ??= (participant?.stop() ?? Promise.resolve()).finally(() => process.exit(0))
    })
  participant = await start(placeOf(process.env, group))
  watch(participant, () => stopping === undefined)
}

/** Variables → place. The defaults are those of compose.yaml. */
export function placeOf(variables: Readonly<Record<string, string | undefined>>, group: string): Place {
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
