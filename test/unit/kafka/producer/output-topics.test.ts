import { describe, expect, test } from 'vitest'
import type { KafkaMessage, TopicMessages } from '../../../../adapters/channel/kafka/driver.ts'
import { OutputTopics } from '../../../../adapters/channel/kafka/producer/output-topics.ts'
import { BatutaError } from '../../../../src/errors.ts'
import { fakeDriver } from '../../../fakes/kafka.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const GONE = new BatutaError('topic-missing', 'This server does not host this topic-partition')

/** Output topics of which some may be missing, and the messages sent to each. */
function stage(topics: readonly string[] = ['out', 'copy'], most?: number) {
  const [runtime, driver] = [simulatedRuntime(), fakeDriver()]
  const gone = new Set<string>()
  const sent: string[] = []
  driver.sends = async (messages: readonly TopicMessages[]) => {
    for (const { topic } of messages) if (gone.has(topic)) throw GONE
    for (const { topic, messages: list } of messages) {
      for (const { headers } of list) sent.push(`${topic} ${String(headers['idempotency-key'])}`)
    }
  }
  const output = new OutputTopics(topics, { driver, runtime, ...(most !== undefined && { mostRemembered: most }) })
  const put = async (id: string) => {
    const message: KafkaMessage = { key: 's', value: '{}', headers: { 'idempotency-key': id } }
    const putting = output.put(id, message, 9_500)
    await runtime.advance(50)
    return (await putting).map(({ topic, failed }) => `${topic} ${failed.code}`)
  }
  return { runtime, driver, gone, sent, output, put }
}

describe('I2 I7 one of two output topics is missing', () => {
  test('the other one gets each command once, although it is sent again', async () => {
    const { gone, sent, put } = stage()
    gone.add('copy')
    for (let times = 0; times < 3; times++) expect(await put('s/0/0')).toEqual(['copy topic-missing'])
    expect(sent).toEqual(['out s/0/0'])
  })

  test('when it exists again it gets the commands that it lacks, under the same keys, and the other one nothing', async () => {
    const { gone, sent, put } = stage()
    gone.add('copy')
    await put('s/0/0')
    gone.delete('copy')
    expect(await put('s/0/0')).toEqual([])
    expect(sent).toEqual(['out s/0/0', 'copy s/0/0'])
  })

  test('a command that all topics have is forgotten: sent again, all get it again', async () => {
    const { gone, sent, put } = stage()
    gone.add('copy')
    await put('s/0/0')
    gone.clear()
    await put('s/0/0')
    await put('s/0/0')
    expect(sent.slice(2)).toEqual(['out s/0/0', 'copy s/0/0'])
  })

  test('both are missing, one after the other: each gets the command once', async () => {
    const { gone, sent, put } = stage(['a', 'b', 'c'])
    for (const topic of ['a', 'b', 'c']) gone.add(topic)
    expect(await put('s/0/0')).toEqual(['a topic-missing', 'b topic-missing', 'c topic-missing'])
    for (const topic of ['b', 'a', 'c']) {
      gone.delete(topic)
      await put('s/0/0')
    }
    expect(sent).toEqual(['b s/0/0', 'a s/0/0', 'c s/0/0'])
  })

  test('P16 the number of remembered commands is bounded; the oldest is sent to all topics again', async () => {
    const { gone, sent, put } = stage(['out', 'copy'], 2)
    gone.add('copy')
    for (const id of ['1', '2', '3']) await put(id)
    gone.clear()
    for (const id of ['1', '2', '3']) await put(id)
    expect(sent.slice(3)).toEqual(['out 1', 'copy 1', 'copy 2', 'copy 3'])
  })

  test('a topic that hangs does not delay the other', async () => {
    const { runtime, driver, output, sent } = stage()
    const { sends } = driver
    driver.sends = (messages) =>
      (messages[0]?.topic === 'copy' ? new Promise(() => undefined) : sends?.(messages)) as Promise<void>
    const putting = output.put('s/0/0', { key: 's', value: '{}', headers: { 'idempotency-key': 's/0/0' } }, 9_500)
    await runtime.advance(50)
    expect(sent).toEqual(['out s/0/0'])
    await runtime.advance(10_000)
    expect(await putting).toMatchObject([{ topic: 'copy', failed: { code: 'broker-unreachable' } }])
  })
})
