import { expect, test } from 'vitest'
import { eventually } from '../services/client.ts'
import { createTopic, describeKafka, readAll } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import { atRest, create, document } from './support/saga.ts'

describeKafka('a command that the brokers refuse for what it is', () => {
  test('P15 one that is too large is a dead letter with the words of the broker; the others arrive', async (own) => {
    const topic = await createTopic('refused', 2)
    const fixture = await makeFixture({ settings: { outputTopics: [topic] } })
    const here = await startInProcess(fixture.file)
    own.onTestFinished(() => here.stop())
    const sagaId = await create(here.ask, { text: 'x'.repeat(1_500_000) })
    const small = await create(here.ask)
    await atRest(here.ask, small)
    const { owed, deadLetters } = await eventually(async () => {
      const shown = await document(here.ask, sagaId)
      return shown.deadLetters === undefined ? undefined : shown
    })
    expect(owed).toBeUndefined()
    const letter = { id: `${sagaId}/0/0`, why: 'status 413', attempts: 1 }
    expect(deadLetters).toMatchObject([{ ...letter, last: { status: 413, answer: expect.stringMatching(/large/) } }])
    expect((await readAll(topic)).map(({ key }) => key)).toEqual([small])
    const lines = here.logged.filter(({ code }) => code === 'command.given-up')
    expect(lines).toMatchObject([{ level: 'error', fields: { saga: sagaId, why: 'status 413' } }])
  })
})
