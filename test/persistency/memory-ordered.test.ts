import fc from 'fast-check'
import { expect, test } from 'vitest'
import { earliestFirst, latestFirst, Ordered } from '../../adapters/persistency/memory/ordered.ts'
import type { OrderedEntry } from '../../adapters/persistency/memory/ordered.ts'

const entry = fc.record({ at: fc.integer({ min: 0, max: 9 }), id: fc.integer({ min: 0, max: 9 }).map(String) })

test.each([earliestFirst, latestFirst])(
  'I5 the order equals that of sorting all, from every place on: %o',
  (compare) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), entry)), fc.option(entry, { nil: undefined }), (changes, from) => {
        const ordered = new Ordered(compare)
        const model = new Map<string, OrderedEntry>()
        for (const [isAdded, one] of changes) {
          const name = `${one.at} ${one.id}`
          if (!isAdded) ordered.delete(one)
          else if (!model.has(name)) ordered.add(one)
          if (isAdded) model.set(name, one)
          else model.delete(name)
        }
        const all = [...model.values()].toSorted(compare)
        expect([...ordered.behind(from)]).toEqual(from ? all.filter((one) => compare(one, from) > 0) : all)
      }),
    )
  },
)

test('I5 in runs, however many there are and wherever they go', () => {
  const ordered = new Ordered(earliestFirst)
  const places = Array.from({ length: 10_000 }, (_, place) => (place * 7_919) % 10_007)
  for (const at of places) ordered.add({ at, id: 's' })
  expect([...ordered.behind(undefined)].map(({ at }) => at)).toEqual(places.toSorted((one, other) => one - other))
  for (const at of places) ordered.delete({ at, id: 's' })
  expect([...ordered.behind(undefined)]).toEqual([])
})
