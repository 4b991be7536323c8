import { describe, expect, test, vi } from 'vitest'
import { passing, stage } from '../stage.ts'
import { namesOf, readStream } from '../../../services/read-stream.ts'
import { watch } from './watch-stage.ts'

describe('C7 the history of a saga that is watched', () => {
  test('C7 history, steps and head are encoded once for all watchers of a saga', async () => {
    const encodings = async (count: number): Promise<number> => {
      const scene = stage()
      await scene.create()
      await scene.tell('validationOK')
      const encode = vi.spyOn(TextEncoder.prototype, 'encode')
      const readers = await Promise.all(Array.from({ length: count }, () => watch(scene)))
      await scene.tell('checkOK')
      await scene.settle()
      for (const reader of readers)
        expect(namesOf(reader)).toEqual(expect.arrayContaining(['step 1', 'step 2', 'saga']))
      const frames = encode.mock.calls.filter(([text]) =>
        /^(?:id: \d+\n)?event: (?:step|saga)\n/.test(text ?? ''),
      ).length
      encode.mockRestore()
      await scene.stop()
      return frames
    }
    expect(await encodings(1)).toBe(5) // three steps, the head of the history and the newest
    expect(await encodings(20)).toBe(5)
  })

  test('C7 a history beyond what a client may have unread comes in parts, as it reads', async () => {
    const scene = stage({ definition: LONG })
    await scene.create()
    for (let at = 0; at < 900; at++) await scene.tell('go', `e${at}`)
    const watched = await passing(scene.runtime, scene.orchestrator.watch({ id: 's1', after: -1 }))
    if (watched.kind !== 'open') throw new Error(watched.kind)
    const { documents } = scene.store
    await scene.runtime.advance(20_000)
    expect(scene.store.documents - documents).toBeLessThanOrEqual(1)
    await scene.tell('go', 'meanwhile')
    const reader = readStream(watched.body)
    await scene.runtime.advance(1_000)
    const steps = reader.events.filter(({ event }) => event === 'step').map(({ id }) => Number(id))
    expect(steps).toEqual(Array.from({ length: 902 }, (_, at) => at))
    await scene.stop()
  })
})

/** Long labels, so that the history is large. */
const LONG = {
  initialState: `state-${'x'.repeat(200)}`,
  creationEvent: '__created__',
  states: [
    {
      id: `state-${'x'.repeat(200)}`,
      isFinal: false,
      outgoingTransitions: [{ inputEvent: 'go', targetState: `state-${'x'.repeat(200)}` }],
    },
  ],
}
