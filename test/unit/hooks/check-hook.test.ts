import { expect, test } from 'vitest'
import { flawOfHook, syntaxFlawOf } from '../../../adapters/hooks/check-hook.ts'

test.each([
  ['an arrow function', 'export default ({ saga }) => ({ payload: saga })'],
  ['a function', 'export default function hook({ saga }) { return { payload: saga } }'],
  ['a function under a name', 'const hook = () => ({ payload: 1 })\nexport { hook as default }'],
  ['a value that only evaluation knows', 'const make = () => () => 1\nexport default make()'],
  ['an import of a module of Node', "import { createHash } from 'node:crypto'\nexport default () => ({ payload: 1 })"],
  ['new syntax', 'export default ({ saga: { a = 1 } = {} }) => ({ payload: a?.b ?? a ** 2n })'],
])('C2.7 nothing is wrong with %s', (_, source) => expect(flawOfHook(source)).toBeUndefined())

test.each([
  ['', 'no default export'],
  ['export const hook = () => 1', 'no default export'],
  ['module.exports = () => 1', 'no default export'],
  ['export default (', 'a syntax error at 1:17 of the hook: Unexpected token'],
  ['export default () => {\n  return\n  1 +\n}', 'a syntax error at 4:1 of the hook: Unexpected token'],
  ['const a = 1\nconst a = 2', "a syntax error at 2:7 of the hook: Identifier 'a' has already been declared"],
  ['export default { payload: 1 }', 'a default export that is no function at 1:16 of the hook'],
  ['export default "text"', 'a default export that is no function at 1:16 of the hook'],
  ['export default class {}', 'a default export that is no function at 1:16 of the hook'],
  ['export default async () => 1', 'an asynchronous function as default export at 1:16 of the hook'],
  ['export default function* () {}', 'a generator as default export at 1:16 of the hook'],
])('C2.7 of %j: %s', (source, flaw) => expect(flawOfHook(source)).toBe(flaw))

test('C2.7 a source that compiles has no syntax error, whatever it exports', () => {
  expect(syntaxFlawOf('throw 1')).toBeUndefined()
  expect(syntaxFlawOf('throw')).toMatch(/^a syntax error at 1:6 of the hook/)
})
