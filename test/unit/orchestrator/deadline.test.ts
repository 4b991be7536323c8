import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/defaults.ts'
import { probeInTime } from '../../../src/orchestrator/timed-reads.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { fakeStore } from '../../fakes/store.ts'
import type { FakeStore } from '../../fakes/store.ts'
import { passing, stage } from './stage.ts'

type Method = 'load' | 'save' | 'applied' | 'document'

/** A store whose answers wait until the test releases them. */
function silentStore(): { store: FakeStore; silence: (...methods: Method[]) => void; answer: () => void } {
  const store = fakeStore()
  const methods = {
    load: store.load.bind(store),
    save: store.save.bind(store),
    applied: store.applied.bind(store),
    document: store.document.bind(store),
  }
  let quiet = Promise.withResolvers<void>()
  const silence = (...names: Method[]): void => {
    quiet = Promise.withResolvers<void>()
    for (const name of names) {
      const method = methods[name] as (...given: unknown[]) => Promise<unknown>
      const { promise } = quiet
      Object.assign(store, { [name]: (...given: unknown[]) => promise.then(() => method(...given)) })
    }
  }
  const answer = (): void => {
    Object.assign(store, methods)
    quiet.resolve()
  }
  return { store, silence, answer }
}

async function owed(store: FakeStore): Promise<readonly string[] | undefined> {
  return (await store.load('s1'))?.saga.owed.map(({ id }) => id)
}

describe('a store that accepts requests and does not answer', () => {
  test('P6 a write under way keeps the mailbox: requests are answered at their deadline, nothing is decided, and a repeat is a duplicate', async () => {
    const { store, silence, answer } = silentStore()
    const { create, tell, runtime, settle } = stage({ store })
    await create()
    silence('save')
    const from = runtime.monotonic()
    const outcomes = await Promise.all([tell('validationOK'), tell('validationKO'), tell('validationOK')])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable', 'unavailable'])
    expect(runtime.monotonic() - from).toBeLessThan(DEFAULTS.deadline + 100)
    const later = tell('validationKO')
    await settle()
    answer()
    expect(await later).toMatchObject({ kind: 'unexpected', state: 'reservationValidated' })
    expect(await tell('validationOK')).toMatchObject({ kind: 'duplicate' })
    expect(await owed(store)).toContain('s1/1/0') // its lease is over, so the sweep sends it (P12)
    expect((await store.document('s1'))?.history.events).toHaveLength(2)
  })

  test.each<[string, Method[]]>([
    ['reads', ['load']],
    ['reads and duplicates', ['load', 'applied']],
    ['duplicates', ['applied']],
  ])('P21 an event has its answer by the deadline whatever hangs: %s', async (_, methods) => {
    const { store, silence, answer } = silentStore()
    const { create, tell, runtime, settle } = stage({ store })
    await create()
    silence(...methods)
    const from = runtime.monotonic()
    expect(await tell('unheard')).toMatchObject({ kind: 'unavailable' })
    expect(runtime.monotonic() - from).toBeLessThan(DEFAULTS.deadline + 100)
    const saves = store.saves.length
    answer()
    await settle()
    expect(store.saves).toHaveLength(saves) // what was answered with 503 begins no write
  })

  test('P21 an event whose saga was read after the deadline is not written: its sender was asked to repeat it', async () => {
    const { store, silence, answer } = silentStore()
    const { create, tell, settle, orchestrator } = stage({ store })
    await create()
    await tell('unheard', 'key/u') // a head that is remembered may be moved on without a read
    const other = stage({ store })
    silence('load')
    expect(await other.tell('validationOK')).toMatchObject({ kind: 'unavailable' })
    answer()
    await settle()
    expect(await orchestrator.document('s1')).toMatchObject({ currentState: 'reservationCreated' })
    expect(await other.tell('validationOK')).toMatchObject({ kind: 'moved' })
  })

  test('P8 a creation and its repeat are answered by the deadline, and there is one saga', async () => {
    const { store, silence, answer } = silentStore()
    const { orchestrator, runtime } = stage({ store })
    silence('save', 'load')
    const order = { id: 's1', entity: 'e', metadata: {}, key: 'key/k' }
    const create = () => passing(runtime, orchestrator.create(order))
    const from = runtime.monotonic()
    expect((await Promise.all([create(), create()])).map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable'])
    expect(runtime.monotonic() - from).toBeLessThan(DEFAULTS.deadline + 100)
    answer()
    expect(await create()).toMatchObject({ kind: 'repeated' })
    expect(await owed(store)).toEqual(['s1/0/0'])
  })

  test('P20 an event of a source is not given up before the deadline of a request', async () => {
    const { store, silence, answer } = silentStore()
    const { create, orchestrator, runtime } = stage({ store })
    await create()
    silence('save')
    const event = { id: 'e', sagaId: 's1', label: 'validationOK', payload: {} }
    const handled = orchestrator.handle(event, DEFAULTS.eventDeadline)
    await runtime.advance(DEFAULTS.eventDeadline + 2_000)
    answer()
    expect(await passing(runtime, handled)).toMatchObject({ kind: 'moved' })
  })

  test('C7 reads end by the deadline with an error that names the store', async () => {
    const { store, silence } = silentStore()
    const { create, orchestrator, runtime } = stage({ store })
    await create()
    silence('document')
    const from = runtime.monotonic()
    await expect(passing(runtime, orchestrator.document('s1'))).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(runtime.monotonic() - from).toBeLessThan(DEFAULTS.deadline + 100)
  })

  test('C7 a hanging probe is not ok at its deadline', async () => {
    const runtime = simulatedRuntime()
    const health = await passing(runtime, probeInTime(runtime, 'the store "x"', new Promise(() => undefined)))
    expect(health).toEqual({ ok: false, why: 'the store "x": no answer to a probe' })
  })

  test('a request that was answered leaves no timer', async () => {
    const { create, tell, runtime, orchestrator } = stage()
    const { timers } = runtime
    await create()
    await tell('validationOK')
    await orchestrator.document('s1')
    await runtime.advance(5_000)
    expect(runtime.timers).toBe(timers)
  })
})
