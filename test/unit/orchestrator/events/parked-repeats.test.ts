import { describe, expect, test } from 'vitest'
import { passing } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { park } from './parking-stage.ts'

async function operate({ runtime, orchestrator }: Stage, kind: 'hold' | 'release'): Promise<void> {
  const operation = { sagaId: 's1', id: `key/${kind}`, operator: 'zoe', reason: 'a look', action: { kind } }
  expect(await passing(runtime, orchestrator.operate(operation))).toMatchObject({ kind: 'done' })
}

/** A saga in `a` that was held while these events came; the release offers them. */
async function offered(events: readonly (readonly [label: string, id: string])[]) {
  const play = await park()
  await operate(play, 'hold')
  for (const [label, id] of events) expect(await play.tell(label, id)).toMatchObject({ kind: 'parked' })
  return play
}

const parkedIn = async ({ store }: Stage) =>
  (await store.load('s1'))?.saga.parked.map(({ event: { id, label } }) => [label, id])

describe('P10 I4 a parked event that was applied before', () => {
  test('P10 I4 it leaves alone: another one of its id or of its label stays', async () => {
    const play = await offered([
      ['to-d', 'e'],
      ['to-b', 'e'],
      ['to-b', 'f'],
    ])
    const save = play.store.save.bind(play.store)
    let repeats = 0
    play.store.save = async (change, ...rest) => {
      const isRepeat = change.step?.event.label === 'to-b' && change.step.event.id === 'e'
      if (!isRepeat) return save(change, ...rest)
      repeats++
      return { kind: 'duplicate' }
    }
    await operate(play, 'release')
    await play.settle()
    expect(repeats).toBe(1)
    expect(await play.labels()).toEqual(['made', 'to-b'])
    expect(await parkedIn(play)).toEqual([['to-d', 'e']])
    await play.stop()
  })

  test('P6 P10 while the fate of a step is unknown nothing else is decided, and recovery goes on', async () => {
    const play = await offered([
      ['to-b', 'e'],
      ['to-c', 'f'],
    ])
    play.orchestrator.start()
    const save = play.store.save.bind(play.store)
    let isAway = true
    const tried: (string | undefined)[] = []
    play.store.save = async (change, ...rest) => {
      if (!isAway || change.step === undefined) return save(change, ...rest)
      tried.push(change.step.event.id)
      throw new Error('no answer')
    }
    await operate(play, 'release')
    await play.runtime.advance(9_000)
    expect([...new Set(tried)]).toEqual(['e'])
    isAway = false
    await play.runtime.advance(30_000)
    expect(await play.labels()).toEqual(['made', 'to-b', 'to-c'])
    await play.stop()
  })
})
