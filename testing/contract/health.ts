import { describe, expect, test } from 'vitest'
import { create } from './saves.ts'
import { withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** Probes and capabilities (P17, P23). */
export function health(subject: StoreSubject): void {
  describe('health', () => {
    test('P17 the record of its capabilities is complete', () =>
      withStore(subject, async (store) => {
        const { can } = store
        expect(store.name).toMatch(/^[a-z][a-z-]*$/)
        expect(['always', 'when-tagged']).toContain(can.compareAndSet)
        expect(['append', 'document']).toContain(can.growth)
        expect(['sweep', 'alarm', 'redelivery']).toContain(can.recovery.by)
        expect(can.shared).toBeTypeOf('boolean')
        if (can.list !== false) expect(can.list).toHaveProperty('page')
        // A store that always compares cannot have this gap.
        if (subject.gaps?.rivals !== undefined) expect(can.compareAndSet, subject.gaps.rivals).toBe('when-tagged')
        if (can.limit !== false) expect(can.limit).toBeGreaterThan(10_000)
      }))

    test('P23 a probe reads, and tells the time where the store has one', () =>
      withStore(subject, async (store) => {
        const health = await store.probe()
        expect(health.ok).toBe(true)
        if (health.ok && health.time !== undefined) expect(Math.abs(health.time - Date.now())).toBeLessThan(60_000)
      }))

    test('P17 closed is closed: a probe says why, a read and a write throw', async () => {
      const store = await subject.open()
      const made = await create(store)
      await store.close()
      await store.close()
      expect(await store.probe()).toEqual({ ok: false, why: expect.stringMatching(/closed/) })
      await expect(store.load(made.saga.id)).rejects.toMatchObject({ code: 'store-unavailable' })
      await expect(create(store)).rejects.toMatchObject({ code: 'store-unavailable' })
    })
  })
}
