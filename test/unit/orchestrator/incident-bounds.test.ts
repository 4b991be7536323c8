import { describe, expect, test } from 'vitest'
import { Incidents } from '../../../src/orchestrator/incidents.ts'
import type { Incident } from '../../../src/orchestrator/incidents.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

const REJECTED: Incident = { code: 'command.rejected', group: 'channel a', kind: 'status 500' }

function world() {
  const runtime = simulatedRuntime()
  const incidents = new Incidents(runtime)
  const lines = () => runtime.logged.filter(({ level }) => level !== 'debug').map(({ code, fields }) => [code, fields])
  return { runtime, incidents, lines }
}

describe('C7 incidents that go on for long', () => {
  test('C7 a failure after a minute of silence begins an incident anew', async () => {
    const { runtime, incidents, lines } = world()
    incidents.report(REJECTED)
    await runtime.advance(59_999)
    incidents.report(REJECTED)
    expect(lines()).toEqual([['command.rejected', undefined]])
    await runtime.advance(60_000)
    incidents.report(REJECTED)
    expect(lines()).toEqual(Array.from({ length: 2 }, () => ['command.rejected', undefined]))
    await runtime.advance(60_000 - 1)
    incidents.report(REJECTED)
    expect(lines()).toHaveLength(2)
    incidents.succeeded('channel a', 'command.delivered')
    await runtime.advance(10_000)
    expect(lines().at(-1)).toEqual(['command.delivered', { over: 'command.rejected', kind: 'status 500', times: 2 }])
  })

  test('C7 a timer that the host has dropped is set again by a later success', async () => {
    const { runtime, incidents, lines } = world()
    const after = runtime.after.bind(runtime)
    runtime.after = () => () => undefined // ends with its request
    incidents.report(REJECTED)
    incidents.succeeded('channel a', 'command.delivered')
    await runtime.advance(60_000)
    Object.assign(runtime, { after })
    incidents.succeeded('channel a', 'command.delivered')
    await runtime.advance(5_000)
    expect(lines().at(-1)?.[0]).toBe('command.delivered')
    expect(runtime.timers).toBe(0)
  })

  test('C7 a check that is not overdue is not put off by further successes', async () => {
    const { runtime, incidents, lines } = world()
    incidents.report(REJECTED)
    for (let at = 0; at < 5; at++) {
      incidents.succeeded('channel a', 'command.delivered')
      expect(runtime.timers).toBe(1)
      await runtime.advance(1_000)
    }
    expect(lines().map(([code]) => code)).toEqual(['command.rejected', 'command.delivered'])
  })
})

describe('C7 groups of incidents', () => {
  test('C7 beyond 256 the oldest is dropped with its timer, so that its next failure begins an incident', async () => {
    const { runtime, incidents, lines } = world()
    const report = (at: number) => incidents.report({ ...REJECTED, group: `channel ${at}` })
    for (let at = 0; at < 256; at++) report(at)
    incidents.succeeded('channel 0', 'command.delivered')
    incidents.succeeded('channel 1', 'command.delivered')
    report(256)
    expect(runtime.timers).toBe(1)
    report(1)
    expect(lines()).toHaveLength(257)
    report(0)
    expect(lines()).toHaveLength(258)
    await runtime.advance(5_000)
    expect(lines()).toHaveLength(258)
  })

  test('C7 a success of a group without incidents costs nothing', () => {
    const { runtime, incidents, lines } = world()
    incidents.succeeded('channel a', 'command.delivered')
    expect([runtime.timers, lines()]).toEqual([0, []])
  })

  test('C7 after the end no timer is left', () => {
    const { runtime, incidents } = world()
    incidents.report(REJECTED)
    incidents.report({ ...REJECTED, group: 'channel b' })
    incidents.succeeded('channel a', 'command.delivered')
    incidents.close()
    expect(runtime.timers).toBe(0)
  })
})
