import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { step } from '../build.ts'
import { FAULT_KINDS } from '../gaps.ts'
import type { FaultKind } from '../gaps.ts'
import { create, save } from '../saves.ts'
import type { FaultSubject, StoreLink, Reached } from './link.ts'
import { onScene } from './stage.ts'

/** The fault test that would run if the fault could happen. */
const BY: Readonly<Record<FaultKind, readonly (keyof StoreLink)[]>> = {
  lost: ['lose'],
  frozen: ['freeze', 'thaw'],
  refused: ['refuse', 'accept'],
  slow: ['slow'],
  restarted: ['restart'],
  neighbours: [],
}

/** A fault that cannot happen to the store: shown as far as possible, with the reason. */
export function gaps(subject: FaultSubject): void {
  describe('gaps', () => {
    const possible = FAULT_KINDS.filter((kind) => subject.gaps?.trouble?.[kind] === undefined)
    test(`P17 the suite has a way to every other trouble: ${possible.join(', ')}`, () =>
      onScene(subject, async ({ line }) => {
        expect(Object.keys(line).toSorted()).toEqual(possible.flatMap((kind) => BY[kind]).toSorted())
      }))
    for (const [kind, why] of Object.entries(subject.gaps?.trouble ?? {})) {
      test(`P17 not ${kind}: ${why}`, () => onScene(subject, (scene) => expectGap(kind as FaultKind, scene)))
    }
  })
}

async function expectGap(kind: FaultKind, reached: Reached): Promise<void> {
  if (kind === 'lost' || kind === 'refused') return expectNoLine(reached)
  if (kind === 'frozen' || kind === 'slow') return expectAtOnce(reached)
  return expectAlone(reached)
}

/** A write opens no socket and no pipe, and uses none. */
export async function expectNoLine({ store }: Pick<Reached, 'store'>): Promise<void> {
  const ways = new Set([outward()])
  const { saga, basis } = await create(store)
  let isOver = false
  const saving = save(store, step(saga, 'reserved'), basis).finally(() => (isOver = true))
  for (; !isOver; await nextTurn()) ways.add(outward())
  expect((await saving).kind).toBe('saved')
  expect([...ways], 'ways out of the process, before and meanwhile').toHaveLength(1)
}

/** The answer comes before any other task has a turn. */
async function expectAtOnce({ store }: Reached): Promise<void> {
  const { saga, basis } = await create(store)
  const first = await Promise.race([save(store, step(saga, 'reserved'), basis), nextTurn('somebody else')])
  expect(first).toMatchObject({ kind: 'saved' })
}

/** A second opener is refused, or finds nothing. */
async function expectAlone({ store, another }: Reached): Promise<void> {
  const { saga } = await create(store)
  const seen = await another().then(
    (other) => other.load(saga.id).finally(() => other.close()),
    (thrown: unknown) => void expect(thrown).toMatchObject({ code: 'store-busy' }),
  )
  expect(seen).toBeUndefined()
  expect((await store.load(saga.id))?.saga).toEqual(saga)
}

/** Kinds of all open handles that lead out of the process. */
function outward(): string {
  const handles = process.getActiveResourcesInfo().filter((kind) => /TCP|Pipe|UDP|TLS|HTTP|Connect/.test(kind))
  return handles.toSorted().join()
}
