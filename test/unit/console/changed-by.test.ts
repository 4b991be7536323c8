import { expect, test } from 'vitest'
import { changedBy } from '../../../pages/console/views/saga/changed-by.ts'

const AT = '2026-01-01T00:00:00Z'

test('each key names the last step that changed it, and those of the newest stand out', () => {
  const event = (name: string, changed?: readonly string[]) => ({
    event: name,
    timestamp: AT,
    id: name,
    ...(changed && { changed }),
  })
  const events = [event('created'), event('reserved', ['seats', 'price']), event('paid', ['price']), event('seen')]
  expect([...changedBy({ history: { states: [], events } })]).toEqual([
    ['seats', { words: 'step 2 · reserved', isNewest: false }],
    ['price', { words: 'step 3 · paid', isNewest: false }],
  ])
  const newest = changedBy({ history: { states: [], events: events.slice(0, 3) } })
  expect(newest.get('price')).toEqual({ words: 'step 3 · paid', isNewest: true })
})
