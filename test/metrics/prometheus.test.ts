import { expect, test } from 'vitest'
import { prometheusMetrics } from '../../adapters/metrics/prometheus.ts'

test('C7 I9 what the configuration lacks is a gauge of what there is now', async () => {
  const metrics = prometheusMetrics()
  metrics.unknownReferences('channel', new Map([['gone', 3]]))
  metrics.unknownReferences('state', new Map([['once', 2]]))
  const text = await metrics.text()
  expect(text).toContain('batuta_unknown_channel_commands{channel="gone"} 3')
  expect(text).toContain('batuta_unknown_state_sagas{state="once"} 2')
  metrics.unknownReferences('channel', new Map())
  expect(await metrics.text()).not.toContain('gone')
})
