import { describe, expect, test } from 'vitest'
import { kindOfReason, Incidents } from '../../../src/orchestrator/incidents.ts'
import type { Incident } from '../../../src/orchestrator/incidents.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { BUSY, DELIVERED, SILENT } from '../../fakes/channel.ts'
import { stage } from './stage.ts'

const TROUBLE: Incident = {
  level: 'warn',
  group: 'channel a',
  kind: 'status 500',
  message: 'not taken',
  fields: { n: 1 },
}

function world() {
  const runtime = simulatedRuntime()
  const recurring = new Incidents(runtime)
  const told = () => runtime.logged.filter(({ level }) => level !== 'debug')
  return { runtime, recurring, told }
}

describe('recurring', () => {
  test('C7 what happens again and again is told once, then counted, once a minute; debug has each', async () => {
    const { runtime, recurring, told } = world()
    for (let at = 0; at < 120; at++) {
      recurring.report(TROUBLE)
      await runtime.advance(1_000)
    }
    expect(told().map(({ fields }) => fields?.['times'])).toEqual([undefined, 60])
    expect(runtime.logged).toHaveLength(120)
  })

  test('C7 each kind of each group is told, a bounded number of them', () => {
    const { recurring, told } = world()
    for (const kind of ['status 500', 'status 503', 'status 500']) recurring.report({ ...TROUBLE, kind })
    recurring.report({ ...TROUBLE, group: 'channel b' })
    expect(told()).toHaveLength(3)
    for (let at = 0; at < 1_000; at++) recurring.report({ ...TROUBLE, kind: `kind ${at}` })
    expect(told().length).toBeLessThan(20)
  })

  test('C7 it is over when it went well and did not happen for a while, told once with how often it was', async () => {
    const { runtime, recurring, told } = world()
    for (let at = 0; at < 5; at++) recurring.report(TROUBLE)
    for (let at = 0; at < 20; at++) {
      recurring.succeeded('channel a', 'taken again', { channel: 'a' })
      await runtime.advance(1_000)
    }
    expect(told().map(({ level }) => level)).toEqual(['warn', 'info'])
    expect(told().at(-1)).toMatchObject({ message: 'taken again', fields: { channel: 'a', times: 5 } })
    recurring.report(TROUBLE)
    expect(told().at(-1)?.level).toBe('warn')
  })

  test('C7 it is over though nothing more goes out after the last one that was taken', async () => {
    const { runtime, recurring, told } = world()
    recurring.report(TROUBLE)
    recurring.succeeded('channel a', 'taken again')
    await runtime.advance(1_000)
    recurring.report(TROUBLE)
    recurring.succeeded('channel a', 'taken again')
    await runtime.advance(60_000)
    expect(told().map(({ level }) => level)).toEqual(['warn', 'info'])
    expect(runtime.timers).toBe(0)
  })

  test('C7 it is not over where nothing went well after it', async () => {
    const { runtime, recurring, told } = world()
    recurring.report(TROUBLE)
    recurring.succeeded('channel a', 'taken again')
    await runtime.advance(1_000)
    recurring.report(TROUBLE)
    await runtime.advance(60_000)
    expect(told().map(({ level }) => level)).toEqual(['warn'])
    expect(runtime.timers).toBe(0)
  })

  test('C7 one that refuses every other command is no news each time', async () => {
    const { runtime, recurring, told } = world()
    for (let at = 0; at < 600; at++) {
      recurring.report(TROUBLE)
      recurring.succeeded('channel a', 'taken again')
      await runtime.advance(50)
    }
    expect(told()).toHaveLength(1)
    recurring.close()
    expect(runtime.timers).toBe(0)
  })

  test('C7 which port and how many milliseconds makes no kind of its own', () => {
    expect(kindOfReason('connect ECONNREFUSED 127.0.0.1:4711')).toBe(
      kindOfReason('connect ECONNREFUSED 127.0.0.1:4712'),
    )
    expect(kindOfReason('no answer within 10000 ms')).not.toBe(kindOfReason('connect ECONNREFUSED'))
  })

  test.each([
    ['refuses', BUSY, 'was not taken'],
    ['is silent', SILENT, 'do not arrive'],
  ])('C7 a participant that %s all of 500 commands for minutes makes a line a minute', async (_, sent, said) => {
    const scene = stage()
    scene.channel.always(sent)
    scene.orchestrator.start()
    await Promise.all(Array.from({ length: 500 }, (_unused, at) => scene.create(`s${at}`)))
    await scene.runtime.advance(180_000)
    const lines = () => scene.runtime.logged.filter(({ level, message }) => level !== 'debug' && message.includes(said))
    expect(lines().length).toBeGreaterThan(1)
    expect(lines().length).toBeLessThanOrEqual(4)
    scene.channel.always(DELIVERED)
    await scene.runtime.advance(120_000)
    const over = scene.runtime.logged.filter(({ message }) => message === 'commands are taken again')
    expect(over).toHaveLength(1)
    expect(lines().length).toBeLessThanOrEqual(5)
    await scene.stop()
  })

  test('C7 a store that is away makes one line for all requests that are not done in time', async () => {
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
