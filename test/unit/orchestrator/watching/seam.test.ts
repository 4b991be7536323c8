import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fakeStore } from '../../../fakes/store.ts'
import type { FakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { stage } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { readStream } from '../../../services/read-stream.ts'
import type { StreamReader } from '../../../services/read-stream.ts'

/** Goes round for ever, and ends with `stop`. */
const ROUND: MachineDefinition = {
  initialState: 'A',
  creationEvent: '__created__',
  states: [
    {
      id: 'A',
      isFinal: false,
      outgoingTransitions: [
        { inputEvent: 'go', targetState: 'A' },
        { inputEvent: 'stop', targetState: 'END' },
      ],
    },
    { id: 'END', isFinal: true },
  ],
}

type Act =
  | { readonly kind: 'step'; readonly by: 'here' | 'there' }
  /** The fate of the next write of this process is unknown (P6). */
  | { readonly kind: 'trouble' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'attach'; readonly after: number }
  | { readonly kind: 'leave' }
  /** Reads of documents from now on wait for the next `read`. */
  | { readonly kind: 'stall' }
  | { readonly kind: 'read' }
  | { readonly kind: 'pass'; readonly ms: number }

const ACT: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('step'), by: fc.constantFrom('here', 'there') }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'trouble' }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'hold' }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('attach'), after: fc.integer({ min: -1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'leave' }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'stall' }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'read' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 1, max: 3_000 }) }) },
) as fc.Arbitrary<Act>

interface Client {
  readonly after: number
  readonly reader: StreamReader
}

/** Two instances over one store, whose reads of documents can be stalled before and after they reach it. */
class Scene {
  readonly #store: FakeStore
  readonly here: Stage
  readonly there: Stage
  readonly clients: Client[] = []
  readonly #opening: Promise<void>[] = []
  #stall = Promise.withResolvers<void>()
  #steps = 1
  #events = 0
  #isHeld = false

  constructor() {
    const runtime = simulatedRuntime()
    const memory = timelessMemory({ shared: true })
    this.#store = fakeStore(memory)
    this.#stall.resolve()
    this.#store.document = async (id) => {
      await this.#stall.promise
      const document = await memory.document(id)
      await this.#stall.promise
      return document
    }
    this.here = stage({ runtime, store: this.#store, definition: ROUND })
    this.there = stage({ runtime, store: fakeStore(memory), definition: ROUND })
  }

  async run(act: Act): Promise<void> {
    const { here, there } = this
    switch (act.kind) {
      case 'step':
        if (this.#isHeld) return
        this.#steps++
        await (act.by === 'here' ? here : there).tell('go', `e${this.#events++}`)
        return
      case 'trouble':
        return this.#store.trouble('after')
      case 'hold': {
        const action = { kind: this.#isHeld ? 'release' : 'hold' } as const
        this.#isHeld = !this.#isHeld
        const operation = { sagaId: 's1', id: `o${this.#events++}`, operator: 'zoe', reason: 'to see it', action }
        await this.#pass(here.orchestrator.operate(operation))
        return
      }
      case 'attach':
        if (act.after >= this.#steps) return
        this.#opening.push(this.#attach(act.after))
        return here.runtime.settle()
      case 'leave':
        await this.clients.pop()?.reader.leave()
        return
      case 'stall':
        this.#stall.resolve()
        this.#stall = Promise.withResolvers()
        return
      case 'read':
        this.#stall.resolve()
        return here.runtime.settle()
      case 'pass':
        return here.runtime.advance(act.ms)
    }
  }

  /** Lets all reads go on and time pass, and ends the saga. */
  async end(): Promise<number> {
    this.#stall.resolve()
    if (this.#isHeld) await this.run({ kind: 'hold' })
    await this.there.tell('stop', 'the-end')
    await this.here.runtime.advance(10_000)
    await Promise.all(this.#opening)
    await this.here.runtime.advance(10_000)
    return this.#steps + 1
  }

  async #attach(after: number): Promise<void> {
    const watched = await this.here.orchestrator.watch({ id: 's1', after })
    if (watched.kind !== 'open' && watched.kind !== 'over') throw new Error(`watch a saga: ${watched.kind}`)
    if (watched.kind === 'open') this.clients.push({ after, reader: readStream(watched.body) })
  }

  async #pass(work: Promise<unknown>): Promise<void> {
    let done = false
    void work.finally(() => (done = true))
    for (let at = 0; at < 100 && !done; at++) await this.here.runtime.advance(at === 0 ? 0 : 100)
    await work
  }
}

describe('C7 the seam of history and feed', () => {
  test('C7 whatever happens while a client comes in, it has each step once, in order, and then the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ACT, { minLength: 4, maxLength: 30 }), async (acts) => {
        const scene = new Scene()
        await scene.here.create()
        for (const act of acts) await scene.run(act)
        const steps = await scene.end()
        for (const { after, reader } of scene.clients) {
          const numbers = reader.events.filter(({ event }) => event === 'step').map(({ id }) => Number(id))
          expect(numbers).toEqual(Array.from({ length: steps - after - 1 }, (_, at) => after + 1 + at))
          expect(reader.events.at(-1)).toMatchObject({ event: 'end', data: { currentState: 'END' } })
          const heads = reader.events.filter(({ event }) => event === 'saga')
          expect(heads.at(-1)?.data).toMatchObject({ currentState: 'END', steps, isFinal: true })
          expect(reader.hasEnded()).toBe(true)
        }
        await scene.here.stop()
        await scene.there.stop()
      }),
      { numRuns: 60 },
    )
  })
})
