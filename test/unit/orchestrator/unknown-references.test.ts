import { describe, expect, test } from 'vitest'
import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { fakeStore } from '../../fakes/store.ts'
import { stage } from './stage.ts'
import type { Stage } from './stage.ts'

function machine(state: string, channel: string): MachineDefinition {
  return {
    initialState: 'first',
    states: [
      {
        id: 'first',
        isFinal: false,
        outgoingTransitions: [
          { inputEvent: 'go', targetState: state },
          { inputEvent: 'end', targetState: 'done' },
        ],
      },
      { id: state, isFinal: false, outputCommand: { label: 'do', channel } },
      { id: 'done', isFinal: true, outputCommand: { label: 'tell', channel } },
    ],
  }
}

const OLD = machine('once', 'gone')
const NEW = machine('now', 'other')
const told = ({ runtime }: Stage) => runtime.logged.filter(({ message }) => message.includes('the configuration'))

/** Three sagas of an older configuration: two in a state that is gone, all of which owe to a channel that is. */
async function older() {
  const store = fakeStore(memoryPersistency())
  const scene = stage({ store, definition: OLD })
  for (const id of ['a', 'b', 'c']) await scene.create(id)
  for (const id of ['a', 'b']) await scene.tell('go', undefined, id)
  await scene.tell('end', undefined, 'c')
  await scene.runtime.advance(120_000)
  return scene
}

describe('strangers', () => {
  test('I9 what the configuration no longer has is told at the start, with counts, and counted', async () => {
    const { store, runtime } = await older()
    const scene = stage({ store, runtime, definition: NEW })
    scene.orchestrator.start()
    await runtime.advance(5_000)
    const [line] = told(scene)
    expect(line).toMatchObject({
      level: 'warn',
      fields: { commandsByChannel: { gone: 3 }, sagasByState: { once: 2 } },
    })
    expect(scene.metrics.lines).toContain('stranger channel gone 3')
    expect(scene.metrics.lines).toContain('stranger state once 2')
    await runtime.advance(600_000)
    expect(told(scene)).toHaveLength(1) // the same counts are no news
    await scene.stop()
  })

  test('I9 it is told again when the counts change, and when it is over', async () => {
    const { store, runtime } = await older()
    const scene = stage({ store, runtime, definition: NEW })
    scene.orchestrator.start()
    await runtime.advance(90_000)
    const before = told(scene).length
    for (const id of ['a', 'b', 'c']) {
      const loaded = await store.load(id)
      if (loaded === undefined) throw new Error('it is gone')
      const saga = { ...loaded.saga, state: 'now', owed: [], due: undefined }
      await store.save({ sagaId: id, writeId: `mended-${id}`, at: 0, settled: [] }, saga, loaded.basis)
      await runtime.advance(130_000)
    }
    const after = told(scene).slice(before)
    expect(after.length).toBeGreaterThanOrEqual(2)
    expect(after.length).toBeLessThanOrEqual(7)
    expect(after.at(-1)?.level).toBe('info')
    await scene.stop()
  })

  test('I9 P19 where each saga is woken by itself, it is told when one comes by, once for each channel and state', async () => {
    const { store, runtime } = await older()
    const scene = stage({ store, runtime, definition: NEW })
    await scene.create('fine')
    for (const id of ['a', 'b', 'c', 'fine']) {
      await scene.orchestrator.wake(id)
      await runtime.advance(0)
    }
    expect(told(scene).map(({ level }) => level)).toEqual(['warn', 'warn', 'debug', 'debug', 'debug'])
  })

  test('I9 where all is as it should be nothing is told, and a store of its own is looked through once', async () => {
    const scene = stage({ definition: NEW })
    await scene.create()
    scene.orchestrator.start()
    await scene.runtime.advance(600_000)
    expect(told(scene)).toEqual([])
    await scene.stop()
  })
})
