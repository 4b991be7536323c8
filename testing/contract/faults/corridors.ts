import { expect } from 'vitest'
import type { SagaId } from '../../../src/engine/saga.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import { pathProblems } from '../../checker/path.ts'
import { DEFINITION, fresh } from '../build.ts'
import { isGuarded } from '../subject.ts'
import { Participants, Process } from './host.ts'
import type { FaultSubject } from './link.ts'
import { besides, troubled } from './stage.ts'
import type { Scene } from './stage.ts'

const SAGAS = 8
const ROUNDS = 3
const EVENTS = 50

/** Orchestrators of several processes on one store, each with heads that the others made stale (I4, I8, P21). */
export function corridors(subject: FaultSubject): void {
  troubled(
    subject,
    { kind: 'neighbours', title: 'I8 P21 two orchestrators with stale heads take turns on the same sagas' },
    (scene) =>
      conducted(scene, 1, async ([one, other], look) => {
        await forEachSaga(async (id) => {
          expect([await one.create(id), await other.create(id)]).toEqual(['created', 'repeated'])
          for (let round = 0; round < ROUNDS; round++) {
            expect(await one.tell(id, `one ${round}`)).toBe('moved')
            expect(await other.tell(id, `other ${round}`)).toBe('moved')
            expect(await one.tell(id, `other ${round}`)).toBe('duplicate')
          }
          expect([await one.tell(id, 'r', 'reserved'), await other.tell(id, 'c', 'charged')]).toEqual(TWICE)
          expect(await look(id)).toHaveLength(1 + 2 * ROUNDS + 2)
        })
      }),
  )

  troubled(subject, { kind: 'neighbours', title: 'I4 I8 P8 two orchestrators race on the same sagas' }, (scene) =>
    conducted(scene, 1, async ([one, other], look) => {
      if (!isGuarded(subject)) return expectLosses(subject, scene.store, [one, other])
      const told = asTold(scene.store)
      await forEachSaga(async (id) => {
        expect(told(await both(one.create(id), other.create(id)))).toEqual(told(['created', 'repeated']))
        for (let round = 0; round < ROUNDS; round++) {
          const [same, ...own] = await Promise.all([
            both(one.tell(id, `both ${round}`), other.tell(id, `both ${round}`)),
            one.tell(id, `one ${round}`),
            other.tell(id, `other ${round}`),
          ])
          expect([told(same), told(own)]).toEqual([told(['duplicate', 'moved']), told(TWICE)])
        }
        const exclusive = both(one.tell(id, 'r', 'reserved'), other.tell(id, 'w', 'waved through'))
        expect(told(await exclusive)).toEqual(told(['moved', 'unexpected']))
        expect(await look(id)).toHaveLength(1 + 3 * ROUNDS + 1)
      })
    }),
  )

  troubled(
    subject,
    { kind: 'neighbours', title: `I4 I8 four orchestrators share ${EVENTS} events of one saga` },
    (scene) =>
      conducted(scene, 2, async (all, look) => {
        const id = fresh('saga')
        await all[0].create(id)
        const hand = async (event: number): Promise<string[]> => {
          const [one, other] = [all[event % 4], all[(event + 1 + (event % 3)) % 4]] as [Process, Process]
          if (isGuarded(subject)) return both(one.tell(id, `e${event}`), other.tell(id, `e${event}`))
          return [await one.tell(id, `e${event}`), await other.tell(id, `e${event}`)].toSorted()
        }
        const events = Array.from({ length: EVENTS }, (_, event) => event)
        const handed: string[][] = []
        if (isGuarded(subject)) handed.push(...(await Promise.all(events.map(hand))))
        else for (const event of events) handed.push(await hand(event)) // one writer at a time (P17)
        const told = asTold(scene.store)
        expect(handed.map(told)).toEqual(events.map(() => told(['duplicate', 'moved'])))
        const ids = new Set((await look(id)).slice(1))
        expect(ids).toEqual(new Set(events.map((event) => `e${event}`)))
      }),
  )
}

const TWICE = ['moved', 'moved']

/** Where recovery is by redelivery, an event that moved its saga may be acknowledged only when it comes again (P17). */
function asTold({ can }: Persistency): (kinds: readonly string[]) => string[] {
  const again: Readonly<Record<string, string>> = { moved: 'duplicate', created: 'repeated' }
  return (kinds) => kinds.map((kind) => (can.recovery.by === 'redelivery' ? (again[kind] ?? kind) : kind)).toSorted()
}

type Look = (saga: SagaId) => Promise<readonly (string | undefined)[]>
type Processes = readonly [Process, Process, ...Process[]]

/** Runs `each` orchestrators on each of two stores. `look` checks a saga's document and answers its events (I3, I7). */
function conducted(scene: Scene, each: number, run: (all: Processes, look: Look) => Promise<void>): Promise<void> {
  return besides(scene, async (other) => {
    const participants = new Participants()
    const stores = Array.from({ length: each }, () => [scene.store, other]).flat()
    const all = stores.map((store) => new Process(store, participants))
    const seen: SagaId[] = []
    const look: Look = async (id) => {
      seen.push(id)
      const document = await other.document(id)
      if (document === undefined) return expect.unreachable(`"${id}" is gone`)
      expect(pathProblems(DEFINITION, document)).toEqual([])
      return document.history.events.map((event) => event.id)
    }
    try {
      await run(all as unknown as Processes, look)
    } finally {
      await Promise.all(all.map((one) => one.stop()))
    }
    for (const id of seen) await expectSent(other, id, participants)
  })
}

/** Every command of every step was sent, nothing else was, and nothing is owed any more (I2, I7). */
async function expectSent(store: Persistency, id: SagaId, participants: Participants): Promise<void> {
  const states = (await store.document(id))?.history.states ?? []
  const commands = states.flatMap(({ state }, step) => (COMMANDING.has(state) ? [`${id}/${step}/0`] : []))
  const heard = participants.of(id)
  expect(Object.keys(heard).toSorted()).toEqual(commands.toSorted())
  // In a store that cannot be queried a repeated event has its commands sent again (P12, P17).
  if (store.can.recovery.by !== 'redelivery') expect(new Set(Object.values(heard))).toEqual(new Set([1]))
  expect((await store.load(id))?.saga.owed).toEqual([])
}

const COMMANDING = new Set(DEFINITION.states.filter(({ outputCommand }) => outputCommand).map(({ id }) => id))

/** The gap: acknowledged events that are missing in the history. */
async function expectLosses(
  { gaps }: FaultSubject,
  store: Persistency,
  [one, other]: readonly [Process, Process],
): Promise<void> {
  let lost = 0
  await forEachSaga(async (id) => {
    await one.create(id)
    const told = [one, other].flatMap((process, at) => [0, 1, 2].map((n) => process.tell(id, `${at} ${n}`)))
    const moved = (await Promise.all(told)).filter((kind) => kind === 'moved').length
    lost += 1 + moved - ((await store.document(id))?.history.events.length ?? 0)
  })
  expect(lost, gaps?.rivals).toBeGreaterThan(0)
}

async function forEachSaga(run: (id: SagaId) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: SAGAS }, () => run(fresh('saga'))))
}

async function both(one: Promise<string>, other: Promise<string>): Promise<string[]> {
  return (await Promise.all([one, other])).toSorted()
}
