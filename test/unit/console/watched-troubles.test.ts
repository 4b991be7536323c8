import { expect, test } from 'vitest'
import { withTold } from '../../../pages/console/live/watched-troubles.ts'

const DEAD = { sagaId: 's', associatedEntityId: 'e', currentState: 'paying', deadLetters: 1 }

test('a saga comes with its trouble, once, and leaves without it', () => {
  const first = withTold([], DEAD)
  expect(first).toEqual([
    { sagaId: 's', associatedEntityId: 'e', state: 'paying', deadLetters: 1, parked: 0, isHeld: false },
  ])
  const held = withTold(first, { sagaId: 's', currentState: 'paying', hold: {} })
  expect(held).toMatchObject([{ deadLetters: 0, isHeld: true }])
  expect(withTold(held, { sagaId: 's', state: 'done' })).toEqual([])
})

test('the newest are first, and no more than a hundred are kept', () => {
  let known = withTold([], DEAD)
  for (let n = 0; n < 200; n++) known = withTold(known, { ...DEAD, sagaId: `s${n}` })
  expect([known.length, known[0]?.sagaId]).toEqual([100, 's199'])
})

test('a step without trouble changes nothing', () => {
  const known = withTold([], DEAD)
  expect(withTold(known, { sagaId: 'other', state: 'done' })).toBe(known)
  expect(withTold(known, {})).toBe(known)
})
