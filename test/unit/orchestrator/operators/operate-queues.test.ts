import { describe, expect, test } from 'vitest'
import { DELIVERED } from '../../../fakes/channel.ts'
import { keptOf } from '../../../../src/engine/dead-letters.ts'
import { passing } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { amend, DEFINITION, head, openOperated, operate, recorded } from './operate-stage.ts'

/** A saga whose command waits in its channel behind as many sends as may be under way. */
async function queued(): Promise<Stage> {
  const play = openOperated()
  await play.createAll(Array.from({ length: 128 }, (_, at) => `other-${at}`))
  await play.create()
  await play.settle()
  expect(play.channel.ids).not.toContain('s1/0/0')
  return play
}

/** What the action would do; nothing is done. */
async function dryRun({ runtime, orchestrator }: Stage, action: Parameters<typeof operate>[1]): Promise<void> {
  const operation = { sagaId: 's1', id: 'key/dry', operator: 'zoe', reason: 'a look', action, dryRun: true }
  expect(await passing(runtime, orchestrator.operate(operation))).toMatchObject({ kind: 'done' })
}

describe('P26 a command that waits in a queue', () => {
  test('P26 a hold takes it out: it is due at once, and the release sends it', async () => {
    const play = await queued()
    expect(await recorded(play, { kind: 'hold' })).toEqual({ held: ['s1/0/0'] })
    expect((await head(play)).owed).toMatchObject([{ id: 's1/0/0', attempts: 0, due: play.runtime.wallClock() }])
    play.channel.always(DELIVERED)
    await play.settle()
    expect(play.channel.ids).not.toContain('s1/0/0')
    expect(await recorded(play, { kind: 'release' })).toMatchObject({ sent: ['s1/0/0'] })
    await play.settle()
    expect(play.channel.ids).toContain('s1/0/0')
  })

  test.each([{ kind: 'hold' }, { kind: 'cancel', state: 'done' }] as const)(
    'P25 a dry run of $kind leaves it there',
    async (action) => {
      const play = await queued()
      await dryRun(play, action)
      play.channel.always(DELIVERED)
      await play.settle()
      expect(play.channel.ids.filter((id) => id === 's1/0/0')).toHaveLength(1)
    },
  )
})

describe('P26 what a hold needs', () => {
  test('P26 a final saga that owes nothing has nothing to hold', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await operate(play, { kind: 'cancel', state: 'done' })
    const why = 'the saga is final in "done" and owes nothing, expected one that has something to hold'
    expect(await operate(play, { kind: 'hold' })).toEqual({ kind: 'refused', sagaId: 's1', why })
  })

  test('P26 a final saga that owes its command is held', async () => {
    const play = openOperated()
    await play.create()
    play.channel.answer('s1/0/0', DELIVERED)
    await operate(play, { kind: 'move', state: 'ended', command: true })
    await play.settle()
    expect(await recorded(play, { kind: 'hold' })).toEqual({ underWay: ['s1/1/0'] })
  })

  test('C4.5 P26 so is one whose final state lists events', async () => {
    const states = DEFINITION.states.map((state) =>
      state.id === 'done' ? { ...state, outgoingTransitions: [{ inputEvent: 'again', targetState: 'a' }] } : state,
    )
    const play = openOperated({ definition: { ...DEFINITION, states } })
    play.channel.always(DELIVERED)
    await play.create()
    await operate(play, { kind: 'cancel', state: 'done' })
    expect(await recorded(play, { kind: 'hold' })).toBeUndefined()
    expect((await head(play)).hold).toEqual({ since: play.runtime.wallClock() })
  })

  test('P26 a release needs a hold', async () => {
    const play = openOperated()
    await play.create()
    const why = 'the saga is not held, expected one that is held'
    expect(await operate(play, { kind: 'release' })).toEqual({ kind: 'refused', sagaId: 's1', why })
  })
})

describe('P25 steps of an operator', () => {
  test('P5 a move reads the history where its state has hooks, and its command is wanted', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    const move = { kind: 'move', command: true } as const
    const { documents } = play.store
    await operate(play, { ...move, state: 'a' })
    await operate(play, { ...move, state: 'c', command: false })
    expect(play.store.documents).toBe(documents)
    await operate(play, { ...move, state: 'c' })
    expect(play.store.documents).toBe(documents + 1)
  })

  test('P10 a cancellation logs the parked events that it drops', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    const parked = ['e', 'f'].map((id) => {
      return { event: keptOf({ id, sagaId: 's1', label: 'late', payload: {} }), since: 1, expires: 9e12 }
    })
    await amend(play, { parked })
    expect(await recorded(play, { kind: 'cancel', state: 'done' })).toMatchObject({
      droppedEvents: ['e', 'f'],
      droppedLabels: ['late'],
    })
    expect(play.runtime.logged.filter(({ code }) => code === 'event.dropped')).toMatchObject([
      { fields: { saga: 's1', state: 'done', dropped: 2, of: 2, labels: ['late', 'late'] } },
    ])
    expect(play.metrics.times('count parked-dropped')).toBe(2)
  })

  test('P25 a patch without a key is refused', async () => {
    const play = openOperated()
    await play.create()
    const why = 'the patch has no key, expected at least one'
    expect(await operate(play, { kind: 'patch-metadata', metadata: {} })).toEqual({
      kind: 'refused',
      sagaId: 's1',
      why,
    })
  })

  test('P25 the record of a patch keeps the beginning of a long key', async () => {
    const play = openOperated()
    await play.create()
    const metadata = { ['k'.repeat(150)]: null }
    const keys = ['k'.repeat(100)]
    expect(await recorded(play, { kind: 'patch-metadata', metadata })).toEqual({ keys, removed: keys })
  })
})
