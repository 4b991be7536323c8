import { describe, expect, test } from 'vitest'
import { kindOfReason, Incidents } from '../../../src/orchestrator/incidents.ts'
import type { Incident } from '../../../src/orchestrator/incidents.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { BUSY, DELIVERED, SILENT } from '../../fakes/channel.ts'
import { stage } from './stage.ts'

const REJECTED: Incident = { code: 'command.rejected', group: 'channel a', kind: 'status 500', fields: { n: 1 } }

function world() {
  const runtime = simulatedRuntime()
  const incidents = new Incidents(runtime)
  const logged = () => runtime.logged.filter(({ level }) => level !== 'debug')
  return { runtime, incidents, logged }
}

describe('incidents', () => {
  test('C7 an incident is logged when it begins, then once a minute with its count; debug has each occurrence', async () => {
    const { runtime, incidents, logged } = world()
    for (let at = 0; at < 120; at++) {
      incidents.report(REJECTED)
      await runtime.advance(1_000)
    }
    expect(logged().map(({ fields }) => fields?.['times'])).toEqual([undefined, 60])
    expect(runtime.logged).toHaveLength(120)
  })

  test('C7 each kind of each group is logged, a bounded number of them', () => {
    const { incidents, logged } = world()
    for (const kind of ['status 500', 'status 503', 'status 500']) incidents.report({ ...REJECTED, kind })
    incidents.report({ ...REJECTED, group: 'channel b' })
    expect(logged()).toHaveLength(3)
    for (let at = 0; at < 1_000; at++) incidents.report({ ...REJECTED, kind: `kind ${at}` })
    expect(logged().length).toBeLessThan(20)
  })

  test('C7 an incident ends after a success and a quiet period, logged once with the total', async () => {
    const { runtime, incidents, logged } = world()
    for (let at = 0; at < 5; at++) incidents.report(REJECTED)
    for (let at = 0; at < 20; at++) {
      incidents.succeeded('channel a', 'command.delivered', { channel: 'a' })
      await runtime.advance(1_000)
    }
    expect(logged().map(({ level }) => level)).toEqual(['warn', 'info'])
    expect(logged().at(-1)).toMatchObject({
      code: 'command.delivered',
      fields: { channel: 'a', over: REJECTED.code, kind: REJECTED.kind, times: 5 },
    })
    incidents.report(REJECTED)
    expect(logged().at(-1)?.level).toBe('warn')
  })

  test('C7 an incident ends although no further command goes out after the last delivery', async () => {
    const { runtime, incidents, logged } = world()
    incidents.report(REJECTED)
    incidents.succeeded('channel a', 'command.delivered')
    await runtime.advance(1_000)
    incidents.report(REJECTED)
    incidents.succeeded('channel a', 'command.delivered')
    await runtime.advance(60_000)
    expect(logged().map(({ level }) => level)).toEqual(['warn', 'info'])
    expect(runtime.timers).toBe(0)
  })

  test('C7 an incident without a later success does not end', async () => {
    const { runtime, incidents, logged } = world()
    incidents.report(REJECTED)
    incidents.succeeded('channel a', 'command.delivered')
    await runtime.advance(1_000)
    incidents.report(REJECTED)
    await runtime.advance(60_000)
    expect(logged().map(({ level }) => level)).toEqual(['warn'])
    expect(runtime.timers).toBe(0)
  })

  test('C7 a participant that refuses every other command is one incident', async () => {
    const { runtime, incidents, logged } = world()
    for (let at = 0; at < 600; at++) {
      incidents.report(REJECTED)
      incidents.succeeded('channel a', 'command.delivered')
      await runtime.advance(50)
    }
    expect(logged()).toHaveLength(1)
    incidents.close()
    expect(runtime.timers).toBe(0)
  })

  test('C7 ports and durations do not make kinds of their own', () => {
    expect(kindOfReason('connect ECONNREFUSED 127.0.0.1:4711')).toBe(
      kindOfReason('connect ECONNREFUSED 127.0.0.1:4712'),
    )
    expect(kindOfReason('no answer within 10000 ms')).not.toBe(kindOfReason('connect ECONNREFUSED'))
  })

  test.each([
    ['refuses', BUSY, 'command.rejected'],
    ['is silent', SILENT, 'command.unreachable'],
  ])('C7 a participant that %s all of 500 commands for minutes causes one line a minute', async (_, sent, expected) => {
    const scene = stage()
    scene.channel.always(sent)
    scene.orchestrator.start()
    await scene.createAll(Array.from({ length: 500 }, (_unused, at) => `s${at}`))
    await scene.runtime.advance(180_000)
    const lines = () => scene.runtime.logged.filter(({ level, code }) => level !== 'debug' && code === expected)
    expect(lines().length).toBeGreaterThan(1)
    expect(lines().length).toBeLessThanOrEqual(4)
    scene.channel.always(DELIVERED)
    await scene.runtime.advance(120_000)
    const over = scene.runtime.logged.filter(({ code }) => code === 'command.delivered')
    expect(over).toHaveLength(1)
    expect(over[0]?.fields).toMatchObject({
      saga: expect.stringMatching(/^s\d+$/),
      label: 'validateReservation',
      command: expect.stringMatching(/^s\d+\/0\/0$/),
      attempt: expect.any(Number),
      over: expected,
    })
    expect(lines().length).toBeLessThanOrEqual(5)
    await scene.stop()
  })

  test('C7 a store that is away causes one line for all requests that miss their deadline', async () => {
    const scene = stage()
    for (let at = 0; at < 30; at++) await scene.create(`s${at}`)
    scene.store.down()
    const outcomes = Array.from({ length: 30 }, (_, at) => scene.tell('validationOK', `key/${at}`, `s${at}`))
    for (const outcome of await Promise.all(outcomes)) expect(outcome).toMatchObject({ kind: 'unavailable' })
    const errors = scene.runtime.logged.filter(({ level }) => level === 'error')
    expect(errors).toHaveLength(1)
    await scene.stop()
  })
})
