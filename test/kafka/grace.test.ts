import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { describeKafka, produce } from '../services/kafka.ts'
import { beforeDeadline, machineOfTimeouts } from '../services/timeouts.ts'
import type { Worker } from '../services/worker.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import { askOf, create, document, reached } from './support/saga.ts'

const SAGAS = 8

describeKafka('the deadline of a saga whose answer waits in the topic', () => {
  let worker: Worker | undefined
  afterEach(() => worker?.stop())

  /** Resolves with false where a deadline came before the kill. */
  async function takesAnswerFirst(after: string): Promise<boolean> {
    const fixture = await makeFixture({ partitions: 2 })
    fixture.file.machineDefinition = machineOfTimeouts(after, 'kafkaChannel')
    await worker?.stop()
    worker = await workerOf(fixture)
    await worker.start()
    const ask = askOf(worker)
    const ids = await Promise.all(Array.from({ length: SAGAS }, () => create(ask)))
    const [answered, silent] = [ids.slice(0, SAGAS / 2), ids.slice(SAGAS / 2)]
    const value = (messageLabel: string) => ({ messageLabel, messagePayload: {} })
    await Promise.all(ids.map((key) => ask('/event', { body: { key, value: value('wait') } })))
    const timers = await Promise.all(ids.map(async (id) => (await document(ask, id)).timer))
    await worker.kill()
    const deadlines = timers.map((timer) => Date.parse(timer?.deadline ?? ''))
    if (!deadlines.every((deadline) => deadline > Date.now())) return false
    await produce(
      fixture.events,
      answered.map((key) => ({ key, value: JSON.stringify(value('answered')), headers: { 'idempotency-key': key } })),
    )
    await sleep(Math.max(0, Math.max(...deadlines) - Date.now()))

    await worker.start()
    for (const id of answered) {
      const { history } = await reached(ask, id, 'done')
      expect(history.events.map(({ event }) => event)).toEqual(['__created__', 'wait', 'answered'])
    }
    for (const id of silent) {
      const { history } = await reached(ask, id, 'gaveUp')
      expect(history.events.at(-1)).toMatchObject({ event: 'silence', id: 'timer/1' })
    }
    return true
  }

  test(
    'P18 a worker that was down past the deadline takes the answer before the timer fires',
    { timeout: 120_000 },
    () => beforeDeadline(4, takesAnswerFirst),
  )
})
