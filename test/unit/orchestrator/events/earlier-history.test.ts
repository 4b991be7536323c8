import { describe, expect, test } from 'vitest'
import type { SagaDocument } from '../../../../src/codec/saga-document.ts'
import { readEarlierHistory } from '../../../../src/orchestrator/events/earlier-history.ts'
import { whyUnmoved } from '../../../../src/orchestrator/events/why-unmoved.ts'
import type { Loaded } from '../../../../src/ports/persistency.ts'

/** The history that is read for a head of three steps, where the store has so many; `undefined`: no saga. */
async function read(steps: number | undefined, isFresh: boolean): Promise<number | undefined> {
  const events = Array.from({ length: steps ?? 0 }, (_, at) => ({ event: `e${at}` }))
  const document = steps === undefined ? undefined : ({ history: { events, states: [] } } as unknown as SagaDocument)
  const loaded = { saga: { id: 's1', length: 3 } } as Loaded
  const history = await readEarlierHistory({ document: async () => document }, { loaded, isFresh })
  return history?.events.length
}

describe('C2.7 the history of a step with hooks', () => {
  test('C2.7 it belongs to its head: another writer has moved a saga with a longer one', async () => {
    expect(await read(3, true)).toBe(3)
    expect(await read(3, false)).toBe(3)
    expect(await read(4, true)).toBeUndefined()
    expect(await read(4, false)).toBeUndefined()
  })

  test('C2.7 one that was cut by hand is taken for a fresh head alone', async () => {
    expect(await read(2, true)).toBe(2)
    expect(await read(2, false)).toBeUndefined()
  })

  test('C2.7 a saga that is gone has none', async () => {
    expect(await read(undefined, true)).toBeUndefined()
  })
})

describe('P25 the reason why an event does not move its saga', () => {
  test.each([
    [{ kind: 'refused', why: 'the payload is no object' }, 'the payload is no object'],
    [{ kind: 'held' }, 'the saga is held'],
    [{ kind: 'unexpected', state: 'a', expected: ['x', 'y'] }, 'the saga is in "a", which expects "x", "y", not "z"'],
    [{ kind: 'unexpected', state: 'a', expected: [] }, 'the saga is in "a", which expects no event, not "z"'],
  ] as const)('P25 %o', (decision, why) => {
    expect(whyUnmoved(decision as Parameters<typeof whyUnmoved>[0], 'z')).toBe(why)
  })
})
