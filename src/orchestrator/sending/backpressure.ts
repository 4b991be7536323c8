import type { Runtime } from '../../ports/runtime.ts'
import type { ChannelQueue } from './channel-queue.ts'
import type { Sendable } from './sendable.ts'

/** A queue moves while its last answer is at most this many ms old; connecting may take a moment. */
const MOVING = 3_000
/** Milliseconds for which a source waits before it checks again. */
const WAIT = 2

/**
 * A promise to wait for where commands come in faster than they leave, so that they need not be dropped and recovered by the
 * sweep. Applies only to channels that send in groups, and only while they move: such a channel is quick, or it is away. A slow
 * participant never holds up the events of others (I5).
 */
export function backpressure(
  queues: Iterable<ChannelQueue<Sendable>>,
  runtime: Pick<Runtime, 'monotonic' | 'after'>,
): Promise<void> | undefined {
  for (const queue of queues) {
    if (queue.channel.sendsAtOnce === undefined || !queue.isCrowded) continue
    if (runtime.monotonic() - queue.movedAt > MOVING) continue
    return new Promise((resolve) => runtime.after(WAIT, resolve))
  }
  return undefined
}
