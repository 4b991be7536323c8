import { describe, expect, test } from 'vitest'
import { EventRing } from '../../../../src/orchestrator/watching/event-ring.ts'

/** Adds events of 20 bytes as one batch, and gives their ids. */
function add(ring: EventRing, count = 1): readonly string[] {
  const ids = Array.from({ length: count }, () => ring.next())
  ring.add(new TextEncoder().encode(ids.map(frame).join('')))
  return ids
}

function frame(id: string): string {
  const head = `id: ${id}\ndata: `
  return `${head.padEnd(18, 'x')}\n\n`
}

function after(ring: EventRing, id: string): string | undefined {
  return ring
    .after(id)
    ?.map((bytes) => new TextDecoder().decode(bytes))
    .join('')
}

describe('the ring of events', () => {
  test('C7 old events leave it by their bytes, and an id before them is not answered', () => {
    const ring = new EventRing('p', 100)
    const ids = Array.from({ length: 10 }, () => add(ring)).flat()
    const [last = '', fifth = '', fourth = ''] = [ids[9], ids[4], ids[3]]
    expect(after(ring, last)).toBe('')
    expect(after(ring, fifth)).toBe(ids.slice(5).map(frame).join(''))
    expect(after(ring, fourth)).toBeUndefined()
  })

  test('C7 a batch that is larger than the ring leaves nothing behind but its id', () => {
    const ring = new EventRing('p', 100)
    const [first = ''] = add(ring)
    const ids = add(ring, 6)
    expect(after(ring, first)).toBeUndefined()
    expect(after(ring, ids.at(-1) ?? '')).toBe('')
    const [next = ''] = add(ring)
    expect(after(ring, ids.at(-1) ?? '')).toBe(frame(next))
  })

  test('C7 a client that has a part of a batch gets the rest of it, and the batches after it', () => {
    const ring = new EventRing('p', 1_000)
    const batch = add(ring, 11)
    const later = add(ring, 2)
    for (const [at, id] of batch.entries())
      expect(after(ring, id)).toBe([...batch.slice(at + 1), ...later].map(frame).join(''))
    expect(after(ring, 'p.0')).toBe([...batch, ...later].map(frame).join(''))
  })

  test('C7 an id that was never given out is not answered', () => {
    const ring = new EventRing('p', 100)
    add(ring, 3)
    expect(ring.newest).toBe('p.3')
    for (const id of ['p.4', 'q.3', 'pq.3', 'p.x', 'p.3x', 'p.x3', 'p.', '3', '', 'p.1e0'])
      expect(after(ring, id), id).toBeUndefined()
  })

  test('C7 once events were missed, only what follows is answered', () => {
    const ring = new EventRing('p', 100)
    const [early = ''] = add(ring)
    ring.clear()
    expect(after(ring, early)).toBeUndefined()
    const { newest } = ring
    expect(newest).not.toBe(early)
    expect(after(ring, newest)).toBe('')
    const [next = ''] = add(ring)
    expect(after(ring, newest)).toBe(frame(next))
    for (let at = 0; at < 4; at++) add(ring)
    expect(after(ring, newest)).toHaveLength(100)
  })
})
