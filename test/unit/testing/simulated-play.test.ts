import { describe, expect, test } from 'vitest'
import { PlayedRoles } from '../../../testing/simulation/world/network/simulated-play.ts'
import type { SimulatedRole } from '../../../testing/simulation/world/network/simulated-play.ts'
import { RunChance } from '../../../testing/simulation/world/run-chance.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'

const DEFINITION: MachineDefinition = {
  initialState: 'paying',
  states: [
    {
      id: 'paying',
      isFinal: false,
      outputCommand: { label: 'pay', channel: 'bank' },
      timeout: { after: 'PT1M', event: 'late' },
      outgoingTransitions: ['paid', 'refused', 'late'].map((inputEvent) => ({ inputEvent, targetState: 'waiting' })),
    },
    {
      id: 'waiting',
      isFinal: false,
      outgoingTransitions: [{ inputEvent: 'approved', targetState: 'done' }],
    },
    { id: 'done', isFinal: true },
  ],
}
const PLAIN: SimulatedRole = { latency: [100, 300], failureRate: 0, silence: 0 }
const dice = () => new RunChance({ seed: 7 }, () => 0).stream('test')

function roles(pay: SimulatedRole | undefined): PlayedRoles {
  return new PlayedRoles({ definition: DEFINITION, play: pay === undefined ? {} : { pay }, isPrompt: true })
}

function command(step: number, index = 0, sagaId = 's1') {
  return { id: `${sagaId}/${step}/${index}`, sagaId, label: 'pay', channel: 'bank', payload: {} }
}

function answers(of: PlayedRoles, count: number): readonly (string | undefined)[] {
  const stream = dice()
  return Array.from({ length: count }, (_, step) => of.answer(command(step), 'paying', stream)?.label)
}

describe('participants of a play', () => {
  test('without an entry every listed event comes as often, that of the deadline never, and at once', () => {
    const labels = answers(roles(undefined), 2_000)
    const paid = labels.filter((one) => one === 'paid').length
    expect(new Set(labels)).toEqual(new Set(['paid', 'refused']))
    expect(Math.abs(paid - 1_000)).toBeLessThan(100)
    expect(roles(undefined).answer(command(0), 'paying', dice())?.work).toBe(0)
  })

  test('weights, latency and silence are those of the file', () => {
    const events = { paid: { weight: 9, payload: { a: 1 } }, refused: { weight: 1, payload: {} } }
    const labels = answers(roles({ ...PLAIN, events, silence: 0.2 }), 5_000)
    const share = (label: string | undefined) => labels.filter((one) => one === label).length / labels.length
    expect(share(undefined)).toBeCloseTo(0.2, 1)
    expect(share('paid')).toBeCloseTo(0.72, 1)
    expect(share('refused')).toBeCloseTo(0.08, 1)
    const answer = roles({ ...PLAIN, events }).answer(command(0), 'paying', dice())
    expect(answer?.work).toBeGreaterThanOrEqual(100)
    expect(answer?.work).toBeLessThanOrEqual(300)
  })

  test('a script has its turns in each saga, then the weights decide', () => {
    const events = { paid: { weight: 1, payload: {} } }
    const of = roles({ ...PLAIN, events, script: ['refused', 'unknown', 'refused'] })
    expect(answers(of, 5)).toEqual(['refused', 'paid', 'refused', 'paid', 'paid'])
    expect(of.answer(command(0, 0, 's2'), 'paying', dice())?.label).toBe('refused')
  })

  test('a side effect is answered where the file names it, and not otherwise', () => {
    expect(roles(undefined).answer(command(0, 1), 'paying', dice())).toBeUndefined()
    expect(roles(PLAIN).answer(command(0, 1), 'paying', dice())).toBeDefined()
  })

  test('failures come as often as the file says', () => {
    expect(roles({ ...PLAIN, failureRate: 1 }).refuses(command(0), dice())).toBe(true)
    expect(roles(PLAIN).refuses(command(0), dice())).toBe(false)
  })

  test('a state without a command gets one of its events, or none, with the same chance', () => {
    const stream = dice()
    const of = roles(undefined)
    const came = Array.from({ length: 2_000 }, () => of.unasked('waiting', stream)?.label)
    expect(new Set(came)).toEqual(new Set(['approved', undefined]))
    expect(Math.abs(came.filter((one) => one === undefined).length - 1_000)).toBeLessThan(100)
    expect(of.unasked('paying', stream)).toBeUndefined()
    expect(of.unasked('done', stream)).toBeUndefined()
  })
})
