import { expect, test } from 'vitest'
import { begin } from '../../../../src/engine/decide.ts'
import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import { compile } from '../../../../src/machine/compile.ts'
import { CommandHooks } from '../../../../src/orchestrator/hooks/command-hooks.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

/** The hooks of a state whose command is plain, and whose side effect has one. */
function world(hook: () => unknown) {
  const [runtime, metrics] = [simulatedRuntime(), fakeMetrics()]
  const machine = compile(
    {
      initialState: 'asking',
      states: [
        {
          id: 'asking',
          isFinal: false,
          outputCommand: { label: 'ask', channel: 'bank' },
          sideEffects: [{ label: 'mail', channel: 'post', hook: { type: 'file', content: 'mail' } }],
        },
      ],
    },
    { merge: mergeFirstLevel, leaseOf: () => 1, hookOf: () => hook },
  )
  const names: string[] = []
  const watch = { run: <T>(name: string, work: () => T) => (names.push(name), work()) }
  const hooks = new CommandHooks({ machine, watch, runtime, metrics })
  const step = begin(machine, { id: 's1', eventId: 'e', entity: 'order', metadata: { n: 1 } }, 0)
  return {
    hooks,
    step,
    names,
    runtime,
    metrics,
    made: hooks.make(step, { entity: 'order', history: { events: [], states: [] } as never }),
  }
}

test('P5 a command without a hook stays as it is beside one that has a hook', () => {
  const { made, step, names, hooks } = world(() => ({ payload: { to: 'zoe' } }))
  expect(hooks.isHooked(step)).toBe(true)
  expect(made.step.owes).toEqual(step.owes)
  expect(made.step.sideEffects).toMatchObject([{ label: 'mail', body: '{"to":"zoe"}', payload: {} }])
  expect([made.dead, names]).toEqual([undefined, ['asking/mail']])
})

test('P5 a side effect whose hook fails is left out, and logged once its step is saved; it is no dead letter', () => {
  const { made, step, hooks, runtime, metrics } = world(() => {
    throw new Error('no address')
  })
  expect([made.step.owes, made.step.sideEffects, made.dead]).toEqual([step.owes, [], undefined])
  expect(runtime.logged).toEqual([])
  for (const one of [made.step, made.step, step]) hooks.reportFailures(one)
  const fields = { saga: 's1', state: 'asking', label: 'mail', why: 'run the command hook: no address' }
  expect(runtime.logged).toMatchObject([{ code: 'side-effect.hook-failed', fields }])
  expect(metrics.times('count hook-failed')).toBe(1)
})
