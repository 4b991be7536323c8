import { describe, expect, test } from 'vitest'
import { mergeWithHook } from '../../../../src/engine/merge-with-hook.ts'
import type { CommandHook } from '../../../../src/machine/hook.ts'
import { HookWatch } from '../../../../src/orchestrator/hooks/hook-watch.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { staged } from './hooks-stage.ts'

/** A hook that fails, and the reason. */
const FAILING: readonly (readonly [title: string, run: CommandHook, why: string])[] = [
  [
    'throws',
    () => {
      throw new Error('no price')
    },
    'no price',
  ],
  [
    'throws what has no text',
    () => {
      throw Object.create(null)
    },
    'a value without text was thrown',
  ],
  ['answers a promise', async () => ({ payload: 1 }), 'found a promise, expected plain JSON data'],
  [
    'answers a promise that rejects',
    async () => {
      throw new Error('late')
    },
    'found a promise, expected plain JSON data',
  ],
  ['answers a promise as payload', () => ({ payload: Promise.resolve(1) }), 'found a promise at "payload", expected'],
  ['answers nothing', () => undefined, 'found nothing, expected plain JSON data'],
  ['answers no payload', () => ({ payloads: 1 }), 'found no "payload" in the answer, expected { payload }'],
  ['answers null', () => null, 'found no "payload" in the answer, expected { payload }'],
  ['answers a function', () => ({ payload: { a: [() => 1] } }), 'found a function at "payload.a.0", expected'],
  ['answers a BigInt', () => ({ payload: 1n }), 'found a bigint at "payload", expected'],
  ['answers a Map', () => ({ payload: new Map() }), 'found an instance of Map at "payload", expected'],
  [
    'answers a cycle',
    ({ saga }) => ({ payload: Object.assign(saga, { saga }) }),
    'found a cycle at "payload.saga", expected',
  ],
  ['answers 10 MB', () => ({ payload: 'x'.repeat(10_000_000) }), 'found more than 1000000 characters of JSON'],
  [
    'answers too many bytes',
    () => ({ payload: 'ü'.repeat(600_000) }),
    'the payload has 1200002 bytes, expected at most 1000000',
  ],
  [
    'recurses without end',
    function endless(): unknown {
      return [endless()]
    },
    'Maximum call stack size exceeded',
  ],
]

describe('a command hook that fails', () => {
  test.each(FAILING)(
    'P5 %s: a dead letter is saved with the step, logged and counted; the saga moved',
    async (_, ship, why) => {
      const { create, tell, store, channel, metrics, runtime, settle } = staged({ ship }, { maxSagaSize: 1_000_000 })
      await create()
      channel.answer('s1/0/0')
      expect(await tell('paid')).toMatchObject({ kind: 'moved', state: 'shipping' })
      await settle()
      const letter = {
        id: 's1/1/0',
        label: 'ship',
        channel: 'reservations',
        payload: { n: 0, paid: true },
        hookFailed: true,
        attempts: 0,
      }
      const { saga } = (await store.load('s1')) ?? {}
      expect(saga?.deadLetters).toMatchObject([
        { ...letter, why: expect.stringContaining(`run the command hook: ${why}`) },
      ])
      expect(saga?.owed.filter(({ id }) => id === 's1/1/0')).toEqual([])
      expect((await store.document('s1'))?.deadLetters).toMatchObject([
        { kind: 'command', label: 'ship', payload: letter.payload },
      ])
      expect(channel.ids).toEqual(['s1/0/0'])
      expect(metrics.times('count hook-failed')).toBe(1)
      const lines = runtime.logged.filter(({ code }) => code === 'command.hook-failed')
      expect(lines).toMatchObject([
        { fields: { saga: 's1', state: 'shipping', label: 'ship', why: expect.stringContaining(why) } },
      ])
    },
  )

  test('P5 it is told once, when its dead letter is saved: a conflict decides anew', async () => {
    const hooks = {
      ship: () => {
        throw new Error('no scales')
      },
    }
    const { create, tell, store, runtime, metrics } = staged(hooks)
    const told = () => runtime.logged.filter(({ code }) => code === 'command.hook-failed')
    await create()
    store.trouble('conflict', 'conflict')
    const saving = store.save.bind(store)
    store.save = (...given) => {
      expect(told()).toEqual([])
      return saving(...given)
    }
    await tell('paid')
    expect([told().length, metrics.times('count hook-failed')]).toEqual([1, 1])
  })

  test('P5 of a side effect: that one is not sent, the others and the command are', async () => {
    const { create, tell, store, channel, other, metrics, runtime, settle } = staged({
      mail: () => {
        throw new Error('no address')
      },
    })
    await create()
    channel.answer('s1/0/0')
    await tell('paid')
    await settle()
    expect(other.begun.map(({ id, label }) => [id, label])).toEqual([
      ['s1/1/1', 'plain'],
      ['s1/1/3', 'last'],
    ])
    expect(channel.ids).toEqual(['s1/0/0', 's1/1/0'])
    expect((await store.load('s1'))?.saga.deadLetters).toEqual([])
    expect(metrics.times('count hook-failed')).toBe(1)
    expect(runtime.logged.map(({ code }) => code)).toContain('side-effect.hook-failed')
  })
})

test('P5 a merge hook that throws refuses the event: nothing is written or sent', async () => {
  const merge = mergeWithHook(() => {
    throw new Error('no such room')
  }, 1_000)
  const { create, tell, store, channel } = staged({}, { merge })
  await create()
  const outcome = await tell('paid')
  expect(outcome).toMatchObject({ kind: 'refused', why: 'merge the payload: no such room' })
  expect(store.saves).toHaveLength(1)
  expect(channel.ids).toEqual(['s1/0/0'])
})

test('C2.7 a slow hook is counted each time, and logged like an incident', () => {
  let now = 0
  const runtime = simulatedRuntime()
  const metrics = fakeMetrics()
  const watch = new HookWatch({ runtime: { monotonic: () => now }, metrics, incidents: new Incidents(runtime) })
  for (const milliseconds of [49, 80, 90]) {
    expect(watch.run('shipping/ship', () => ((now += milliseconds), 'made'))).toBe('made')
  }
  const broken = () =>
    watch.run('shipping/ship', () => {
      now += 50
      throw new Error('late')
    })
  expect(broken).toThrow('late')
  expect(metrics.times('count hook-slow')).toBe(3)
  const slow = runtime.logged.filter(({ level }) => level === 'warn')
  expect(slow).toMatchObject([{ code: 'hook.slow', fields: { hook: 'shipping/ship', milliseconds: 80 } }])
})
