import type { DeadCommand, SagaId } from '../../engine/saga.ts'
import type { ChannelRetry } from '../../ports/channel.ts'
import { answerClass } from '../../ports/metric-labels.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Runtime } from '../../ports/runtime.ts'

/** Characters of a reason that is stored or logged. */
export const LONGEST_WHY = 500

/** The reason of a dead letter. `over`: the channel's `retry`, where the command is too old for another send. */
export function whyGivenUp(reason: string, over: ChannelRetry | undefined): string {
  const why = over?.giveUpAfter === undefined ? reason : `not delivered within ${over.giveUpAfter / 1_000} s: ${reason}`
  return why.slice(0, LONGEST_WHY)
}

/** Counts a dead letter that was saved, and logs it: each has its own line, since each waits for an operator. */
export function reportGivenUp(
  { metrics, runtime }: { readonly metrics: Metrics; readonly runtime: Pick<Runtime, 'log'> },
  sagaId: SagaId,
  letter: Omit<DeadCommand, 'payload'>,
): void {
  const { id, label, channel, why, attempts, last } = letter
  metrics.count('command-given-up')
  metrics.gaveUp(channel, answerClass(last?.status))
  const which = { saga: sagaId, label, command: id, channel, why, attempts }
  const fields = last?.status === undefined ? which : { ...which, answer: last.answer?.slice(0, LONGEST_WHY) }
  runtime.log.write('command.given-up', fields)
}
