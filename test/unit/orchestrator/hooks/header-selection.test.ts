import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { HeaderSelection } from '../../../../src/orchestrator/hooks/header-selection.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'

const MANY = Array.from({ length: DEFAULTS.handedOnHeaders + 2 }, (_, at) => `x-${at}`)

function world(names: readonly string[]) {
  const [runtime, metrics] = [simulatedRuntime(), fakeMetrics()]
  const selection = new HeaderSelection({ names, metrics, incidents: new Incidents(runtime) })
  const take = (values: Readonly<Record<string, string>>) =>
    selection.take(new Map(Object.entries(values)), 'events/3/17')
  const logged = () => runtime.logged.filter(({ level }) => level !== 'debug')
  return { runtime, metrics, take, logged }
}

test('C3.6 a header that cannot be handed on is left out, counted and logged without its value', async () => {
  const { runtime, metrics, take, logged } = world(['miauserid', 'cookie'])
  for (let times = 0; times < 100; times++) {
    expect(take({ miauserid: 'u', cookie: 'hunter2\n' })).toEqual({ miauserid: 'u' })
    await runtime.advance(10)
  }
  expect(take({ cookie: 'hunter2\n' })).toBeUndefined()
  expect(metrics.times('count header-left-out')).toBe(101)
  const fields = { header: 'cookie', reason: 'malformed', origin: 'events/3/17' }
  expect(logged()).toMatchObject([{ code: 'event.header-left-out', level: 'warn', fields }])
  expect(JSON.stringify(runtime.logged)).not.toContain('hunter2')
})

test('C3.6 200 of them, or long ones: as many as fit are handed on', () => {
  const { take, logged } = world([...MANY, 'miauserid'])
  const handed = take(Object.fromEntries(MANY.map((name) => [name, 'v'])))
  expect(Object.keys(handed ?? {})).toEqual(MANY.slice(0, DEFAULTS.handedOnHeaders))
  expect(take({ 'x-1': 'v', miauserid: 'x'.repeat(1_048_576) })).toEqual({ 'x-1': 'v' })
  expect(logged().map(({ fields }) => fields?.['reason'])).toEqual(['too-many', 'too-many', 'too-large'])
})
