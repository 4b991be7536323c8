import { setTimeout as sleep } from 'node:timers/promises'
import { FMClientBuilder } from '@mia-platform/flow-manager-client'
import type { FlowManagerClient, Heartbeat } from '@mia-platform/flow-manager-client'
import { pino } from 'pino'
import type { Logger } from 'pino'

/** Where a participant works. It creates none of it: topics and, best, the group's offsets are there before. */
export interface Place {
  readonly brokers: readonly string[]
  /** The topic that Batuta sends commands to. */
  readonly commands: string
  /** The topic that Batuta takes events from. */
  readonly events: string
  /** A new group begins at the end of the topic: what was sent before it has joined, it never sees. */
  readonly group: string
  readonly log?: Logger | undefined
}

/** What became of a command. */
export interface Event {
  readonly label: string
  readonly payload: Readonly<Record<string, unknown>>
}

/**
 * The metadata of a saga → the event that answers the command. Commands come at least once, so the same metadata must have
 * the same answer: Batuta has moved on by then and ignores the second one.
 */
export type Answer = (metadata: Readonly<Record<string, unknown>>) => Event

export interface Participant {
  /** It is connected and has its share of the commands. */
  isReady(): boolean
  /** Ends the command under way. What could not be answered comes again after the next start. */
  stop(): Promise<void>
}

/** Between two tries of an event, and of a start: doubled each time, up to the longest. */
const PAUSE = { first: 200, longest: 5_000 }
/** The client gives up after 600 ms, and goes on joining; a group that waits for a dead member takes longer than that. */
const JOIN = 60_000
/** For the command under way when it is to stop. */
const PATIENCE = 5_000
/** From the end of the producer until the consumer takes no more. */
const SETTLING = 250

/** A participant that answers the commands it has answers for. Resolves when it is ready, however long the brokers take. */
export async function startParticipant(place: Place, answers: Readonly<Record<string, Answer>>): Promise<Participant> {
  const log = place.log ?? pino()
  const halted = new AbortController()
  const working = new Set<Promise<void>>()

  function build(): FlowManagerClient {
    const client = new FMClientBuilder(log, { clientId: place.group, brokers: place.brokers.join() })
      .configureCommandsExecutor(place.commands, { groupId: place.group })
      .configureEventsEmitter(place.events, {})
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
      await sleep(SETTLING) // given up sooner, a command would be passed by the commit of the next one
      halted.abort()
      await stopped
    },
  }
}

/** Tries until the event is written: in this client a handler that throws loses its command, unless it is to stop anyway. */
async function insist(emit: () => Promise<void>, heartbeat: Heartbeat, halted: AbortSignal): Promise<void> {
  for (let pause = PAUSE.first; ; pause = longer(pause)) {
    try {
      return await emit()
    } catch {
      await sleep(pause, undefined, { signal: halted })
      await heartbeat().catch(() => undefined) // that the group moves on is no reason to lose the command
    }
  }
}

async function joined(build: () => FlowManagerClient, log: Logger): Promise<FlowManagerClient> {
  for (let pause = PAUSE.first; ; pause = longer(pause)) {
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
  return Math.min(pause * 2, PAUSE.longest)
}
