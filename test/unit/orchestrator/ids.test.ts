import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshId, idFromKey, mayBeOurs } from '../../../src/orchestrator/ids.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

test('C4.4 every generated id may be ours, with any prefix', () => {
  const runtime = simulatedRuntime()
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (prefix, key) => {
      expect(mayBeOurs(prefix + idFromKey(key))).toBe(true)
      expect(mayBeOurs(prefix + freshId(runtime))).toBe(true)
    }),
  )
})

test.each(['', 'x', 'order-17', 'A'.repeat(32), randomUUID(), `${'a'.repeat(32)}\n`, '../../batuta/metadata'])(
  'C4.4 an id of another shape is not: %j',
  (id) => expect(mayBeOurs(id)).toBe(false),
)
