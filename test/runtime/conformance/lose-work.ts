import { expect } from 'vitest'
import type { Received } from '../../services/participant.ts'
import { eventually } from '../../services/client.ts'
import { machineOfTimeouts } from '../../services/timeouts.ts'
import { RunningWorker } from './stage.ts'
import type { Started } from './stage.ts'

/** Long enough for the settlement before it, short enough that the restart takes up the rest. */
const AFTER = 'PT6S'
/** Most milliseconds of one wait. */
export const WITHIN = 60_000

/**
 * Two sagas whose participant accepts the command and loses the work, and a restart before their deadlines: one is saved by a
 * resend, the event of the other one fires.
 */
export async function loseWorkAndRestart(started: Started): Promise<void> {
  const edit = (file: { machineDefinition: object }) => void (file.machineDefinition = machineOfTimeouts(AFTER))
  const on = await RunningWorker.open(started, { edit })
  try {
    const { participant, worker } = on
    participant.behaves(({ label, nth }) => (label === 'ask' && nth > 1 ? { emit: 'answered' } : {}))
    const [lost, silent] = await Promise.all([on.create(), on.create()])
    await Promise.all([on.event(lost, 'ask'), on.event(silent, 'wait')])
    // Delivered and settled: from now on only the timers know of them.
    for (const id of [lost, silent]) {
      await eventually(async () => ((await on.document(id)).owed === undefined ? true : undefined), WITHIN)
    }
    const armed = await on.document(lost)
    expect(armed.timer).toMatchObject({ step: 1, resends: 1, event: 'silence' })
    await worker.restart()

    const [saved, ended] = await Promise.all([on.settled(lost, WITHIN), on.settled(silent, WITHIN)])
    expect(saved.history.events.map(({ event }) => event)).toEqual(['__created__', 'ask', 'answered'])
    const sent = participant.received.filter(({ sagaId }) => sagaId === lost)
    expect(sent.map(({ key }) => key)).toEqual([`${lost}/1/0`, `${lost}/1/0`])
    expect(new Set(sent.map(({ bytes }) => bytes)).size).toBe(1)
    expect((sent[1] as Received).at).toBeGreaterThanOrEqual(Date.parse(armed.timer?.deadline ?? ''))

    expect(ended.currentState).toBe('gaveUp')
    expect(ended.history.events.at(-1)).toMatchObject({ event: 'silence', id: 'timer/1' })
    expect(participant.received.filter(({ sagaId }) => sagaId === silent)).toHaveLength(1)
  } finally {
    await on.close()
  }
}
