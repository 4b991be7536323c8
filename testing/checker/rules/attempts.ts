import type { DeadCommand, Debt } from '../../../src/engine/saga.ts'
import type { ChannelRetry, Sent } from '../../../src/ports/channel.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Concluded, Written } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import type { CommandStory, SagaStory } from '../saga-story.ts'

/**
 * A command leaves the outbox because a send of it has succeeded (I2), or as a dead letter, after an answer about it (P15). Only answers
 * raise `attempts`. A dead letter does not vanish (I2).
 */
export function* attempts(saga: SagaStory, run: RunIndex): Iterable<Found> {
  const settlements = new Map<string, number>()
  for (const write of saga.writes) {
    for (const id of write.change.settled ?? []) {
      if (write.before?.owed.some((debt) => debt.id === id) !== true) continue
      const count = (settlements.get(id) ?? 0) + 1
      settlements.set(id, count)
      yield* settled(saga.commands.get(id), { id, count, at: write.at })
    }
    yield* counted(saga, write)
    for (const letter of write.change.dead ?? [])
      if (letter.kind === undefined) yield* buried(saga, run, { write, letter })
  }
}

interface SettledDebt {
  readonly id: string
  readonly count: number
  readonly at: number
}

/** Each settlement needs a send that has succeeded before, of its own where the command was owed again. */
function* settled(command: CommandStory | undefined, { id, count, at }: SettledDebt): Iterable<Found> {
  const ended = command?.conclusions.filter((one) => one.at < at) ?? []
  if (ended.filter(({ result }) => result.kind === 'delivered').length >= count) return
  const acted = ended.filter(({ result }) => isActed(result))
  if (acted.length === 0)
    yield found('I2', `"${id}" was settled, and no send of it has succeeded since it was owed`, at)
  else if ((command?.leases.filter((lease) => lease.at < at).length ?? 0) < 2)
    yield found('P15', `the first send of "${id}" was answered with 409 or 410, and settles it`, at)
}

/** A participant says so to a repeat: the effect of an earlier send exists, or existed. */
function isActed(result: Sent): boolean {
  return result.kind === 'rejected' && (result.status === 409 || result.status === 410)
}

function* counted(saga: SagaStory, { at, process, change, before, after }: Written): Iterable<Found> {
  for (const { id, attempts: wanted, started } of change.tried ?? []) {
    const was = before?.owed.find((debt) => debt.id === id)
    if (was === undefined) continue
    const ended = endedBefore(saga, id, at)
    if (started === undefined) {
      if (wanted !== was.attempts) yield found('P15', `a claim of "${id}" counts an answer`, at)
    } else if (ended.length === 0)
      yield found('P15', `a send of "${id}" has ended by the write, and none has by itself`, at)
    else if (wanted > was.attempts + 1)
      yield found('P15', `"${id}" had ${was.attempts} answers, and has ${wanted} after one send`, at)
    else if (!isCounted(ended, { process, raised: wanted - was.attempts }))
      yield found('P14', `the end of a send of "${id}" is counted, and another one was counted since it began`, at)
  }
  for (const { id, attempts: answers } of after.owed) {
    if (answers > endedBefore(saga, id, at).filter(isAnswer).length)
      yield found('P15', `"${id}" counts ${answers} answers, more than there were`, at)
  }
}

interface Count {
  readonly process: string
  readonly raised: number
}

/** A send of the process itself has ended so. One whose send ends after another one was counted leaves the count as it is (P14). */
function isCounted(ended: readonly Concluded[], { process, raised }: Count): boolean {
  const own = ended.filter((one) => one.process === process)
  return (own.length === 0 && raised >= 0) || own.some((one) => raised === (isAnswer(one) ? 1 : 0))
}

function endedBefore(saga: SagaStory, id: string, at: number): readonly Concluded[] {
  return saga.commands.get(id)?.conclusions.filter((one) => one.at < at) ?? []
}

function isAnswer({ result }: Concluded): boolean {
  return result.kind === 'rejected'
}

interface Burial {
  readonly write: Written
  readonly letter: DeadCommand
}

/** The reasons: a hook that failed (P5), a cancellation (P25), an answer that is the last one, or silence where the channel counts it. */
function* buried(saga: SagaStory, { terms }: RunIndex, { write, letter }: Burial): Iterable<Found> {
  const { at, change, before } = write
  if (letter.hookFailed === true || change.operation?.action === 'cancel' || isRenewed(write, letter)) return
  const debt = before?.owed.find(({ id }) => id === letter.id)
  if (debt === undefined) {
    yield found('I2', `"${letter.id}" is a dead letter and was not owed`, at)
    return
  }
  const answers = endedBefore(saga, letter.id, at).filter(isAnswer)
  if (letter.attempts > answers.length)
    yield found('P15', `the dead letter "${letter.id}" counts ${letter.attempts} answers`, at)
  const channel = terms.channels?.get(debt.channel)
  if (terms.channels === undefined ? answers.length > 0 : isLast({ debt, letter }, answers, channel?.retry)) return
  yield found('P15', `"${letter.id}" was given up: ${letter.why}, expected an answer that is the last one`, at)
}

function isRenewed({ before, change }: Written, { id }: DeadCommand): boolean {
  const isThere = before?.deadLetters.some((one) => one.kind === undefined && one.id === id) === true
  return isThere && change.dropped?.some((one) => one.kind === undefined && one.id === id) === true
}

interface LastSend {
  readonly debt: Debt
  readonly letter: DeadCommand
}

/**
 * Without `retry` a command is sent until it is delivered. `attempts: 1` and `giveUpAfter` count silence too, at the end of the send: the
 * clock may be set before its write.
 */
function isLast({ debt, letter }: LastSend, answers: readonly Concluded[], retry: ChannelRetry | undefined): boolean {
  if (retry === undefined) return false
  const last = answers.at(-1)?.result
  const isRefused = last?.kind === 'rejected' && !last.retryable
  const isFull = retry.attempts !== undefined && (retry.attempts === 1 || letter.attempts >= retry.attempts)
  const isOld = retry.giveUpAfter !== undefined && letter.since >= debt.since + retry.giveUpAfter
  return isRefused || isFull || isOld
}
