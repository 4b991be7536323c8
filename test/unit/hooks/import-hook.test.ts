import { expect, test } from 'vitest'
import { importHook } from '../../../adapters/hooks/import-hook.ts'

test('C2.7 the default export of a source, with every character', async () => {
  const loaded = await importHook({ source: 'const text = "ü🦄\\u2028 % # ?"\nexport default () => text // %25' })
  expect('run' in loaded && (loaded.run as () => string)()).toBe('ü🦄\u2028 % # ?')
})

test('C2.7 no default export', async () =>
  expect(await importHook({ source: 'export const a = 1' })).toEqual({ run: undefined }))

test.each([
  ['export default (', 'a syntax error at 1:17 of the hook: Unexpected token'],
  ['throw new Error("two\\nlines")', 'an error while it was evaluated: two'],
  ['module.exports = 1', 'an error while it was evaluated: module is not defined in ES module scope'],
  ['throw { message: 7 }', 'an error while it was evaluated: 7'],
  ['throw null', 'an error while it was evaluated: null'],
])('C2.7 %j: %s', async (source, found) => expect(await importHook({ source })).toEqual({ found }))

test('C2.7 a module that cannot be found: the reason does not repeat the whole source', async () => {
  const loaded = await importHook({ source: `import './a.js'\n// ${'x'.repeat(10_000)}` })
  expect('found' in loaded && loaded.found).toMatch(/^an error while it was evaluated: .*\.\/a\.js.*the hook/)
  expect(JSON.stringify(loaded).length).toBeLessThan(400)
})
