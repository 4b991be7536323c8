import { ChannelQueue } from '../../../../src/orchestrator/sending/channel-queue.ts'
import type { Sendable } from '../../../../src/orchestrator/sending/sendable.ts'
import type { FlowLimits } from '../../../../src/ports/channel.ts'
import { fakeChannel, SILENT } from '../../../fakes/channel.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

export const BY: readonly string[] = ['customer']
export const KEY = 'bank\0a'
export const FRESH: Sendable = { command: { channel: 'bank', payload: {} }, expires: 1_000 }
export const RECOVERED: Sendable = { ...FRESH, isRecovered: true }
export const keyed = (item: Sendable, lane = KEY): Sendable => ({ ...item, lane })

export interface Given {
  readonly limits?: FlowLimits
  /** The channel's own bound of sends at once. */
  readonly own?: number
  readonly commands?: number
  readonly bytes?: number
}

/** A queue with four sends at once and room for sixteen commands. */
export function world({ limits, own, commands = 16, bytes = 1_000_000 }: Given = {}) {
  const runtime = simulatedRuntime()
  const channel = Object.assign(fakeChannel('bank'), { limits, sendsAtOnce: own })
  const queue = new ChannelQueue<Sendable>(channel, { commands, bytes, sendsAtOnce: 4 }, runtime)
  const wait = (item: Sendable, times = 1) => {
    for (let at = 0; at < times; at++) queue.push(queue.admit(item))
  }
  const begin = (item: Sendable, times = 1) => {
    for (let at = 0; at < times; at++) queue.begin(item)
  }
  const open = () => {
    for (let at = 0; at < 5; at++) queue.answered(SILENT, runtime.monotonic(), runtime.monotonic())
  }
  return { queue, runtime, wait, begin, open }
}
