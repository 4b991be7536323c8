import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressOf, placeOf } from '../../../pages/console/address.ts'

describe('addresses of the console', () => {
  test.each([
    ['', { segments: [], query: {} }],
    ['#/', { segments: [], query: {} }],
    ['#/sagas/a%2Fb?has=owed', { segments: ['sagas', 'a/b'], query: { has: 'owed' } }],
    ['#/sagas/%', { segments: ['sagas', '%'], query: {} }],
  ])('%s', (hash, place) => {
    expect(placeOf(hash)).toEqual(place)
  })

  test('any id and filter comes back', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 }).map((one) => one.toWellFormed())
    fc.assert(
      fc.property(text, text, (id, value) => {
        const place = { segments: ['sagas', id], query: { currentState: value } }
        expect(placeOf(addressOf(place.segments, place.query))).toEqual(place)
      }),
    )
  })

  test('empty parameters are left out, lone surrogates replaced', () => {
    expect(addressOf(['sagas', '\uD800'], { has: '', channel: undefined })).toBe('#/sagas/%EF%BF%BD')
  })
})
