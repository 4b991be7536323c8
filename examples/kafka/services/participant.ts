import { setTimeout as sleep } from 'node:timers/promises'
import { FMClientBuilder } from '@mia-platform/flow-manager-client'
import type { FlowManagerClient, Heartbeat } from '@mia-platform/flow-manager-client'
import { pino } from 'pino'
import type { Logger } from 'pino'

/** Brokers, topics and group of a participant. The topics must exist; the group's offsets should. */
export interface ParticipantSettings {
  readonly brokers: readonly string[]
  /** The topic that Batuta sends commands to. */
  readonly commands: string
  /** The topic that Batuta reads events from. */
  readonly events: string
  /** A new group begins at the end of the topic and never reads commands that were sent before it joined. */
  readonly group: string
  readonly log?: Logger | undefined
}

/** The event that answers a command. */
export interface AnswerEvent {
  readonly label: string
  readonly payload: Readonly<Record<string, unknown>>
}

/**
 * The metadata of a saga → the event that answers the command. A command may come twice, so the same metadata must have the
 * same answer; Batuta ignores the second one.
 */
export type Answer = (metadata: Readonly<Record<string, unknown>>) => AnswerEvent

export interface Participant {
  /** True if it is connected and has its partitions of the commands. */
  isReady(): boolean
  /** Finishes the command in progress. A command without an answer comes again after the next start. */
  stop(): Promise<void>
}

/** Milliseconds between two tries of an event, and of a start: doubled each time, up to the longest. */
const BACKOFF = { first: 200, longest: 5_000 }
/** Milliseconds to wait for the group. The client's `start` gives up after 600 ms and continues to join. */
const JOIN = 60_000
/** Milliseconds for the command in progress at a stop. */
const PATIENCE = 5_000
/** Milliseconds from the end of the producer until the consumer reads no more. */
const SETTLING = 250

/** Starts a participant for these commands. Resolves when it is ready, however long the brokers take. */
export async function startParticipant(
  settings: ParticipantSettings,
  answers: Readonly<Record<string, Answer>>,
): Promise<Participant> {
  const log = settings.log ?? pino()
  const halted = new AbortController()
  const working = new Set<Promise<void>>()

  function build(): FlowManagerClient {
    const client = new FMClientBuilder(log, { clientId: settings.group, brokers: settings.brokers.join() })
      .configureCommandsExecutor(settings.commands, { groupId: settings.group })
      .configureEventsEmitter(settings.events, {})
      .build()
    for (const [command, answer] of Object.entries(answers))
      client.onCommand(command, (_sagaId, metadata, emit, heartbeat) => {
        const { label, payload } = answer(metadata)
        const work = insist(() => emit(label, payload), heartbeat, halted.signal)
        working.add(work)
        return work.finally(() => working.delete(work))
      })
    return client
  }

  const client = await joined(build, log)
  return {
    isReady: () => client.isReady(),
    async stop() {
      await Promise.race([Promise.allSettled(working), sleep(PATIENCE, undefined, { ref: false })])
      const stopped = client.stop()
      while (client.isReady()) await sleep(10)
      await sleep(SETTLING) // earlier, the commit of the next command would pass the one in progress
      halted.abort()
      await stopped
    },
  }
}

/** Repeats until the event is written or the participant stops: in this client a handler that throws loses its command. */
async function insist(emit: () => Promise<void>, heartbeat: Heartbeat, halted: AbortSignal): Promise<void> {
  for (let pause = BACKOFF.first; ; pause = longer(pause)) {
    try {
      return await emit()
    } catch {
      await sleep(pause, undefined, { signal: halted })
      await heartbeat().catch(() => undefined) // a lost place in the group must not lose the command
    }
  }
}

async function joined(build: () => FlowManagerClient, log: Logger): Promise<FlowManagerClient> {
  for (let pause = BACKOFF.first; ; pause = longer(pause)) {
    const client = build()
    try {
      await client.start().catch(async (thrown: unknown) => {
        if (!/become ready/.test(String(thrown))) throw thrown
        for (const until = Date.now() + JOIN; !client.isReady(); await sleep(50)) if (Date.now() > until) throw thrown
      })
      return client
    } catch (thrown) {
      log.warn({ why: String(thrown) }, 'not started yet, trying again')
      await client.stop()
      await sleep(pause)
    }
  }
}

function longer(pause: number): number {
  return Math.min(pause * 2, BACKOFF.longest)
}
