import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Persistency } from '../../../../src/ports/persistency.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { stage } from '../stage.ts'

const MANY = 3_000
const LEASE = 10_000 + DEFAULTS.leaseMargin
/** Answers of one round trip of the participant. */
const AT_ONCE = 64

/** A store of one process, and the number of heads that recovery has read from it. */
function countedStore(): { readonly store: Persistency; readonly heads: () => number } {
  const store = timelessMemory()
  const { recovery } = store.can
  if (recovery.by !== 'sweep') throw new Error('the store cannot be swept')
  let heads = 0
  const findDue: typeof recovery.findDue = async (...asked) => {
    const page = await recovery.findDue(...asked)
    heads += page.length
    return page
  }
  const counted: Persistency = {
    name: store.name,
    can: { ...store.can, recovery: { ...recovery, findDue } },
    load: (id) => store.load(id),
    save: (...saved) => store.save(...saved),
    applied: (...asked) => store.applied(...asked),
    document: (id) => store.document(id),
    probe: () => store.probe(),
    close: () => store.close(),
  }
  return { store: counted, heads: () => heads }
}

test('P16 a backlog is read twice: by the scan of everything, and by catch-ups that read what they send', async () => {
  const { store: counted, heads } = countedStore()
  const store = fakeStore(counted)
  const { createAll, runtime } = stage({ store })
  await createAll(Array.from({ length: MANY }, (_, at) => `s${at}`))
  await runtime.advance(2 * LEASE)
  const back = stage({ store, runtime })
  back.orchestrator.start()
  let most = 0
  for (let rounds = 0; rounds < 1_000 && new Set(back.channel.ids).size < MANY; rounds++) {
    await runtime.advance(5)
    most = Math.max(most, back.channel.open)
    const { ids, open } = back.channel
    for (const id of ids.slice(ids.length - open).slice(0, AT_ONCE)) back.channel.answer(id)
  }
  expect(back.channel.ids).toHaveLength(MANY)
  expect(most).toBe(DEFAULTS.sendsAtOnce)
  expect(heads()).toBeLessThan(2.5 * MANY)
  await back.stop()
})
