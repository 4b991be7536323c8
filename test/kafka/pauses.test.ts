import { expect, test } from 'vitest'
import { eventually } from '../services/client.ts'
import { describeKafka, produce, readAll } from '../services/kafka.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import { askOf, create, reached } from './support/saga.ts'

describeKafka('a paused Kafka channel', () => {
  test('P25 P28 takes events and sends nothing, over a kill, until it is resumed: then all, in their order', async () => {
    const fixture = await makeFixture()
    const worker = await workerOf(fixture)
    await worker.start()
    try {
      const ask = askOf(worker)
      const change = (action: string) =>
        ask(`/channels/kafkaChannel/${action}`, { method: 'POST', headers: { 'x-reason': 'a new topic' } })
      expect((await change('pause')).json).toMatchObject({ id: 'kafkaChannel', isPaused: true, kept: true })
      const saga = await create(ask)
      await worker.restart()
      expect((await ask('/channels')).json).toMatchObject({ items: [{ isPaused: true, reason: 'a new topic' }] })
      const value = JSON.stringify({ messageLabel: 'validationOK', messagePayload: {} })
      await produce(fixture.events, [{ key: saga, value }])
      const moved = await reached(ask, saga, 'reservationValidated')
      expect(moved.owed).toMatchObject([
        { label: 'validateReservation', isPaused: true },
        { label: 'checkReservation', isPaused: true },
      ])
      expect(await readAll(fixture.commands)).toEqual([])
      expect((await change('resume')).json).toMatchObject({ isPaused: false })
      const labels = await eventually(async () => {
        const sent = await readAll(fixture.commands)
        return sent.length < 2 ? undefined : sent.map(({ value: text }) => labelOf(String(text)))
      })
      expect(labels).toEqual(['validateReservation', 'checkReservation'])
    } finally {
      await worker.stop()
    }
  })
})

function labelOf(text: string): string {
  return (JSON.parse(text) as { messageLabel: string }).messageLabel
}
