import type { Command } from '../../engine/saga.ts'
import type { Lane } from './lane.ts'

/** The parts of a command that its queue looks at. */
export interface Sendable {
  readonly command: Pick<Command, 'channel' | 'payload' | 'headers' | 'body'>
  /** Monotonic instant from which on no send is started. */
  readonly expires: number
  /** Claimed by recovery: takes turns with new commands. */
  readonly isRecovered?: boolean | undefined
  /** Absent: the channel. */
  readonly lane?: Lane | undefined
}

/** A command that waits, with the estimated bytes of its payload. */
export interface WaitingItem<Each extends Sendable = Sendable> {
  readonly item: Each
  readonly bytes: number
  readonly lane: Lane
}

/** The lane of a command. */
export function laneOfSend({ lane, command }: Pick<Sendable, 'lane' | 'command'>): Lane {
  return lane ?? command.channel
}
