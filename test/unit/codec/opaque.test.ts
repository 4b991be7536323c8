import { expect, test } from 'vitest'
import { opaque } from '../../../src/codec/opaque.ts'

test('P2 the basis of a store is opened as the record that it was made of', () => {
  interface Sealed {
    readonly brand: unique symbol
  }
  const { seal, open } = opaque<Sealed, { readonly row: number }>()
  const record = { row: 1 }
  expect(open(seal(record))).toBe(record)
})
