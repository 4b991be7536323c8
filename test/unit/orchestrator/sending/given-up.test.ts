import { expect, test } from 'vitest'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { LONGEST_WHY, reportGivenUp, whyGivenUp } from '../../../../src/orchestrator/sending/given-up.ts'

test('P15 a reason is bounded, and names the end of the time where there is one', () => {
  expect([whyGivenUp('no', undefined), whyGivenUp('no', {}), whyGivenUp('no', { giveUpAfter: 2_500 })]).toEqual([
    'no',
    'no',
    'not delivered within 2.5 s: no',
  ])
  expect(whyGivenUp('x'.repeat(900), undefined)).toBe('x'.repeat(LONGEST_WHY))
})

test('P15 a dead letter is counted, and its line has the answer of the participant where there was one', () => {
  const [metrics, runtime] = [fakeMetrics(), simulatedRuntime()]
  const letter = { id: 's/0/0', label: 'pay', channel: 'bank', why: 'status 422', since: 1, attempts: 3 }
  reportGivenUp({ metrics, runtime }, 's', { ...letter, last: { at: 1, status: 422, answer: 'x'.repeat(900) } })
  reportGivenUp({ metrics, runtime }, 's', { ...letter, last: { at: 1, answer: 'refused' } })
  reportGivenUp({ metrics, runtime }, 's', letter)
  expect(metrics.lines).toEqual([
    'count command-given-up',
    'gave up bank 4xx',
    'count command-given-up',
    'gave up bank none',
    'count command-given-up',
    'gave up bank none',
  ])
  const which = { saga: 's', label: 'pay', command: 's/0/0', channel: 'bank', why: 'status 422', attempts: 3 }
  expect(runtime.logged.map(({ code, fields }) => [code, fields])).toEqual([
    ['command.given-up', { ...which, answer: 'x'.repeat(LONGEST_WHY) }],
    ['command.given-up', which],
    ['command.given-up', which],
  ])
})
