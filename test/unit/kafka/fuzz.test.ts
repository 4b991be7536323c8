import { expect, test } from 'vitest'
import { handleRecords } from '../../../scripts/fuzz/kafka-subject.ts'
import { fuzzKafka } from '../../../testing/fuzz/kafka.ts'

test('P20 I1 any records: each is settled, becomes a dead letter or is logged as skipped, and none holds the others', async () => {
  const { inputs, outcomes, failures } = await fuzzKafka({
    inputs: 5_000,
    seed: 20_260_101,
    log: () => undefined,
    handle: handleRecords,
  })
  expect(failures).toEqual([])
  expect(inputs).toBe(5_000)
  const met = ['settled', 'bad-key', 'bad-value', 'unknown-saga', 'stuck', 'failed', 'letter', 'letter, changed']
  for (const outcome of met)
    expect({ outcome, times: outcomes[outcome] ?? 0 }).toMatchObject({ times: expect.any(Number) })
  expect(met.filter((outcome) => (outcomes[outcome] ?? 0) < 20)).toEqual([])
})
