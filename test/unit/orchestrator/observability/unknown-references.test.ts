import { describe, expect, test } from 'vitest'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

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
const CODES = ['configuration.unknown', 'configuration.known', 'command.unknown-channel', 'saga.unknown-state']
const logged = ({ runtime }: Stage) => runtime.logged.filter(({ code }) => CODES.includes(code))

/** Three sagas of an older configuration: two in a state that is gone, all of which owe to a channel that is. */
async function older() {
  const store = fakeStore(timelessMemory())
  const scene = stage({ store, definition: OLD })
  for (const id of ['a', 'b', 'c']) await scene.create(id)
  for (const id of ['a', 'b']) await scene.tell('go', undefined, id)
  await scene.tell('end', undefined, 'c')
  await scene.runtime.advance(120_000)
  return scene
}

describe('unknown references', () => {
  test('I9 channels and states that the configuration lacks are counted at the start, logged and measured', async () => {
    const { store, runtime } = await older()
    const scene = stage({ store, runtime, definition: NEW })
    scene.orchestrator.start()
    await runtime.advance(5_000)
    const [line] = logged(scene)
    expect(line).toMatchObject({
      level: 'warn',
      fields: { commandsByChannel: { gone: 3 }, sagasByState: { once: 2 } },
    })
    expect(scene.metrics.lines).toContain('unknown channel gone 3')
    expect(scene.metrics.lines).toContain('unknown state once 2')
    await runtime.advance(600_000)
    expect(logged(scene)).toHaveLength(1) // the same counts are no news
    await scene.stop()
  })

  test('I9 a store that counts lists the sagas that owe, one that does not lists all that go on', async () => {
    const { store, runtime } = await older()
    const { list, counts } = store.can
    if (list === false || counts === false) throw new Error('expected a store that lists and counts')
    const [page, count] = [list.page.bind(list), counts.count.bind(counts)]
    for (const has of ['owed', undefined]) {
      const asked: unknown[] = []
      list.page = (query) => (asked.push(query.has), page(query))
      if (has === undefined) counts.count = async () => ({ why: 'not yet' })
      const scene = stage({ store, runtime, definition: NEW })
      scene.orchestrator.start()
      await runtime.advance(5_000)
      expect(asked).toContain(has)
      if (has === 'owed') expect(asked).not.toContain(undefined)
      expect(logged(scene)[0]).toMatchObject({
        fields: { commandsByChannel: { gone: 3 }, sagasByState: { once: 2 } },
      })
      await scene.stop()
      counts.count = count
    }
  })

  test('I9 P11 the former name of a state is known', async () => {
    const { store, runtime } = await older()
    const scene = stage({ store, runtime, definition: NEW, movedStates: { once: 'now' } })
    scene.orchestrator.start()
    await runtime.advance(5_000)
    expect(logged(scene)).toMatchObject([{ fields: { commandsByChannel: { gone: 3 }, sagasByState: {} } }])
    expect(scene.metrics.lines).not.toContain('unknown state once 2')
    await scene.stop()
  })

  test('I9 a change of the counts is logged, and so is their end', async () => {
    const { store, runtime } = await older()
    const scene = stage({ store, runtime, definition: NEW })
    scene.orchestrator.start()
    await runtime.advance(90_000)
    const before = logged(scene).length
    for (const id of ['a', 'b', 'c']) {
      const loaded = await store.load(id)
      if (loaded === undefined) throw new Error('it is gone')
      const saga = { ...loaded.saga, state: 'now', owed: [], due: undefined }
      await store.save({ sagaId: id, writeId: `mended-${id}`, at: 0, settled: [] }, saga, loaded.basis)
      await runtime.advance(130_000)
    }
    const after = logged(scene).slice(before)
    expect(after.length).toBeGreaterThanOrEqual(2)
    expect(after.length).toBeLessThanOrEqual(7)
    expect(after.at(-1)?.level).toBe('info')
    await scene.stop()
  })

  test('I9 P19 with an alarm for each saga, each unknown channel and state is logged once', async () => {
    const { store, runtime } = await older()
    const scene = stage({ store, runtime, definition: NEW })
    await scene.create('fine')
    for (const id of ['a', 'b', 'c', 'fine']) {
      await scene.orchestrator.wake(id)
      await runtime.advance(0)
    }
    expect(logged(scene).map(({ level }) => level)).toEqual(['warn', 'warn', 'debug', 'debug', 'debug'])
  })

  test('I9 with nothing unknown there is no line, and a store that is not shared is counted once', async () => {
    const scene = stage({ definition: NEW })
    await scene.create()
    scene.orchestrator.start()
    await scene.runtime.advance(600_000)
    expect(logged(scene)).toEqual([])
    await scene.stop()
  })
})
