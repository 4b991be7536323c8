import { expect } from 'vitest'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { eventually } from '../../services/client.ts'
import type { Received } from '../../services/participant.ts'
import { beforeDeadline, machineOfTimeouts } from '../../services/timeouts.ts'
import { RunningWorker } from './stage.ts'
import type { Started } from './stage.ts'

/** Seconds: mostly long enough for the settlement before it, short enough that the restart takes up the rest. */
const AFTER = 6
/** Most milliseconds of one wait. */
export const WITHIN = 60_000

/**
 * Two sagas whose participant accepts the command and loses the work, and a restart before their deadlines: one is saved by a
 * resend, the event of the other one fires.
 */
export function loseWorkAndRestart(started: Started): Promise<void> {
  return beforeDeadline(AFTER, async (after) => {
    const edit = (file: { machineDefinition: object }) => void (file.machineDefinition = machineOfTimeouts(after))
    const on = await RunningWorker.open(started, { edit })
    try {
      return await loseWork(on)
    } finally {
      await on.close()
    }
  })
}

/** Resolves with false where a deadline came before the kill. */
async function loseWork(on: RunningWorker): Promise<boolean> {
  const { participant, worker } = on
  participant.behaves(({ label, nth }) => (label === 'ask' && nth > 1 ? { emit: 'answered' } : {}))
  const [lost, silent] = await Promise.all([on.create(), on.create()])
  await Promise.all([on.event(lost, 'ask'), on.event(silent, 'wait')])
  const [armed, patient] = await Promise.all([delivered(on, lost), delivered(on, silent)])
  await worker.kill()
  if (!isAhead(patient, 0) || !isAhead(armed, 1)) return false
  expect(armed.timer).toMatchObject({ step: 1, event: 'silence' })
  await worker.start()

  const [saved, ended] = await Promise.all([on.settled(lost, WITHIN), on.settled(silent, WITHIN)])
  expect(saved.history.events.map(({ event }) => event)).toEqual(['__created__', 'ask', 'answered'])
  const sent = participant.received.filter(({ sagaId }) => sagaId === lost)
  expect(sent.map(({ key }) => key)).toEqual([`${lost}/1/0`, `${lost}/1/0`])
  expect(new Set(sent.map(({ bytes }) => bytes)).size).toBe(1)
  expect((sent[1] as Received).at).toBeGreaterThanOrEqual(Date.parse(armed.timer?.deadline ?? ''))

  expect(ended.currentState).toBe('gaveUp')
  expect(ended.history.events.at(-1)).toMatchObject({ event: 'silence', id: 'timer/1' })
  expect(participant.received.filter(({ sagaId }) => sagaId === silent)).toHaveLength(1)
  return true
}

/** The saga once its command is delivered and settled: from then on only the timer knows of it. */
function delivered(on: RunningWorker, id: string): Promise<SagaDocument> {
  return eventually(async () => {
    const document = await on.document(id)
    return document.owed === undefined ? document : undefined
  }, WITHIN)
}

/** True if the deadline is to come, and no resend was before it. */
function isAhead({ timer }: SagaDocument, resends: number): boolean {
  return timer?.resends === resends && Date.parse(timer.deadline) > Date.now()
}
