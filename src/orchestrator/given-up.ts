import type { DeadCommand, SagaId } from '../engine/saga.ts'
import type { ChannelRetry } from '../ports/channel.ts'
import type { Metrics } from '../ports/metrics.ts'
import { kindOfReason } from './incidents.ts'
import type { Incidents } from './incidents.ts'

/** Characters of a reason that is stored or logged. */
export const LONGEST_WHY = 500

/** The reason of a dead letter. `over`: the channel's `retry`, where the command is too old for another send. */
export function whyGivenUp(reason: string, over: ChannelRetry | undefined): string {
  const why = over?.giveUpAfter === undefined ? reason : `not delivered within ${over.giveUpAfter / 1_000} s: ${reason}`
  return why.slice(0, LONGEST_WHY)
}

/** Counts and logs a dead letter that was saved. */
export function reportGivenUp(
  { metrics, incidents }: { readonly metrics: Metrics; readonly incidents: Incidents },
  sagaId: SagaId,
  letter: Omit<DeadCommand, 'payload'>,
): void {
  const { id, label, channel, why, attempts, last } = letter
  metrics.count('command-given-up')
  const which = { saga: sagaId, label, command: id, channel, why, attempts }
  const fields = last?.status === undefined ? which : { ...which, answer: last.answer?.slice(0, LONGEST_WHY) }
  const kind = last?.status === undefined ? kindOfReason(why) : `status ${last.status}`
  incidents.report({ code: 'command.given-up', group: `dead letters ${channel}`, kind, fields })
}
