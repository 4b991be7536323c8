import { describe, expect, test } from 'vitest'
import { hooksIn } from '../../../src/config/hook-source.ts'
import { hooksModule } from '../../../src/config/hooks-module.ts'
import { describeProblem } from '../../../src/config/problem.ts'
import { loadHooks } from '../../../src/load-hooks.ts'
import type { LoadHook } from '../../../src/load-hooks.ts'
import { compiledHooks } from '../../../workers/edge/compiled-hooks.ts'

const hook = (content: string) => ({ type: 'file', content })
const FILE = {
  machineDefinition: {
    states: [
      { outputCommand: { label: 'a', hook: hook('export default () => 1') } },
      { sideEffects: [{ label: 'b', hook: hook('export default () => 1') }] },
    ],
  },
  settings: { deepMergeMetadata: { enabled: true, hook: hook('export default () => 2') } },
}
const HOOKS = hooksIn(FILE)

/** Problems, without the words that are the same for all. */
async function problems(load: LoadHook | undefined): Promise<readonly string[]> {
  const loaded = await loadHooks(HOOKS, load)
  return loaded.ok ? [] : loaded.problems.map((one) => describeProblem(one).replace(/, expected an ES module.*/, ''))
}

describe('loadHooks', () => {
  test('C2.7 each hook has its function, by its source', async () => {
    const functions = [() => 1, () => 1, () => 2]
    const read = await loadHooks(HOOKS, async ({ path }) => ({
      run: functions[HOOKS.findIndex((one) => one.path === path)],
    }))
    expect(read).toMatchObject({ ok: true })
    if (!read.ok) return
    const { commandHookOf, merge } = read.value
    expect(commandHookOf({ type: 'file', content: 'export default () => 1' })).toBe(functions[1])
    expect(commandHookOf({ type: 'file', encoding: 'base64', content: btoa('export default () => 1') })).toBe(
      functions[1],
    )
    expect(commandHookOf({ type: 'file', content: 'another' })).toBeUndefined()
    expect(merge).toBe(functions[2])
  })

  test('C1.2 every hook that cannot be loaded is a problem with its path', async () => {
    const results = [{ run: undefined }, { run: 'text' }, { run: async () => 1 }]
    expect(await problems(async () => results.shift() ?? { found: 'too many' })).toEqual([
      'machineDefinition.states[0].outputCommand.hook.content: found no default export',
      'machineDefinition.states[1].sideEffects[0].hook.content: found a default export of the type string',
      'settings.deepMergeMetadata.hook.content: found a default export of the kind AsyncFunction',
    ])
    expect(await problems(async () => ({ run: class {} }))).toContain(
      'machineDefinition.states[0].outputCommand.hook.content: found a class as default export',
    )
    const thrown = Object.create(null) as unknown
    expect(await problems(() => Promise.reject(thrown))).toContain(
      'settings.deepMergeMetadata.hook.content: found a value without text was thrown',
    )
  })

  test('C2.7 a host that loads no hooks refuses them; a file without hooks needs no such host', async () => {
    expect((await problems(undefined))[0]).toBe(
      'machineDefinition.states[0].outputCommand.hook.content: found a hook, expected none: this host loads no hooks',
    )
    expect(await loadHooks([], undefined)).toMatchObject({ ok: true, value: { merge: undefined } })
  })
})

describe('hooksModule', () => {
  test('C2.7 has each source once, and its function is found by the hash of the source', async () => {
    const text = hooksModule(HOOKS)
    expect(text.match(/^import /gm)).toHaveLength(2)
    const { HOOKS: compiled } = (await import(`data:text/javascript;base64,${btoa(text)}`)) as {
      HOOKS: Record<string, unknown>
    }
    const read = await loadHooks(HOOKS, compiledHooks(compiled))
    expect(read.ok && read.value.merge?.(1, 2, 'key', {}, {}, undefined)).toBe(2)
  })

  test('C1.4 a hook that was changed since is not found: its path and the remedy are named', async () => {
    expect((await problems(compiledHooks({})))[2]).toMatch(
      /^settings\.deepMergeMetadata\.hook\.content: found a hook that is not compiled into this bundle, expected .*npx batuta hooks/,
    )
  })
})
