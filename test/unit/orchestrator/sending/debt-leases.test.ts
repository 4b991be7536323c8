import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Debt } from '../../../../src/engine/saga.ts'
import { leaseOf } from '../../../../src/orchestrator/sending/debt-leases.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import { debtOf, NOW, world } from './claim-stage.ts'
import type { Given } from './claim-stage.ts'

const LEASE = 15_000
/** The longest backoff without `retry`, spread included, and the tolerance of clocks. */
const LONGEST = 65_000 + DEFAULTS.clockTolerance
const never = () => false
/** One whose first attempt has not ended. */
function fresh(more: Partial<Debt> = {}): Debt {
  const { tried: _, ...debt } = debtOf('s1/0/0', more)
  return debt
}

describe('leases', () => {
  test('P12 a lease is the time-out of the channel and a margin; of an unknown channel a minute', () => {
    expect([leaseOf(fakeChannel('bank', 7_000)), leaseOf(undefined)]).toEqual([12_000, 60_000])
    const { debtLeases } = world()
    expect([debtLeases.lease, debtLeases.longest]).toEqual([LEASE, LONGEST])
    expect(world({ retry: { longestWait: 900_000 } }).debtLeases.longest).toBe(975_000 + DEFAULTS.clockTolerance)
  })

  test.each<[string, Debt, Given, boolean]>([
    ['due now', debtOf('s1/0/0', { due: NOW }), {}, true],
    ['due later', debtOf('s1/0/0', { due: NOW + 1 }), {}, false],
    ['due as late as a process could write it', debtOf('s1/0/0', { due: NOW + LONGEST }), {}, false],
    ['due later than that, by another clock', debtOf('s1/0/0', { due: NOW + LONGEST + 1 }), {}, true],
    ['of another process, not begun', fresh({ due: NOW + 1 }), {}, false],
    ['of the only process, not begun', fresh({ due: NOW + 1 }), { shared: false }, true],
    ['of the only process, in its backoff', debtOf('s1/0/0', { due: NOW + 1 }), { shared: false }, false],
    ['of the only process, under way', fresh({ due: NOW + 1 }), { shared: false, held: ['s1/0/0'] }, false],
  ])('P12 P23 a command is free or not: %s', (_, debt, given, isFree) => {
    expect(world(given).debtLeases.isFree(debt, NOW, never)).toBe(isFree)
  })

  test.each<[string, Debt, Given, boolean]>([
    ['queued here', debtOf('s1/0/0'), { held: ['s1/0/0'] }, true],
    ['in its first attempt elsewhere', fresh({ due: NOW + 1 }), {}, true],
    ['claimed elsewhere', debtOf('s1/0/0', { due: NOW + 1, claimed: true }), {}, true],
    ['claimed for the longest time', debtOf('s1/0/0', { due: NOW + LONGEST, claimed: true }), {}, true],
    ['claimed by another clock', debtOf('s1/0/0', { due: NOW + LONGEST + 1, claimed: true }), {}, false],
    ['claimed, until now', debtOf('s1/0/0', { due: NOW, claimed: true }), {}, false],
    ['in its backoff', debtOf('s1/0/0', { due: NOW + 1 }), {}, false],
    ['in a store of this process alone', fresh({ due: NOW + 1 }), { shared: false }, false],
  ])('P12 P25 a process sends a command, or holds it, or not: %s', (_, debt, given, isUnderWay) => {
    expect(world(given).debtLeases.isUnderWay(debt)).toBe(isUnderWay)
  })

  test('P12 P14 one that this process holds without sending it is not under way', () => {
    const { debtLeases, loaded } = world()
    const debt = fresh({ due: NOW + 1 })
    debtLeases.forget(loaded.saga, debt)
    expect([debtLeases.hasForgotten(debt), debtLeases.isUnderWay(debt)]).toEqual([true, false])
  })

  test('P16 a command that is not sent now is leased for as long as it has waited, a minute at most, either way', () => {
    const { debtLeases } = world()
    const waitOf = (age: number) => debtLeases.attempt(debtOf('s1/0/0', { since: NOW - age }), true).due - NOW
    expect([1_000, 40_000, 90_000, -40_000].map(waitOf)).toEqual([LEASE, 40_000, 60_000, 40_000])
    expect(debtLeases.attempt(debtOf('s1/0/0', { attempts: 4, since: 0 }), false)).toEqual({
      id: 's1/0/0',
      attempts: 4,
      due: NOW + LEASE,
    })
  })

  test('P25 an operator’s resend leases what is owed and what is put back; of nothing there is no part', () => {
    const { debtLeases } = world()
    const [owed, put] = [debtOf('s1/0/0'), debtOf('s1/1/0', { channel: 'shop' })]
    expect(debtLeases.leaseNow([], [])).toEqual({ tried: undefined, revived: undefined })
    expect(debtLeases.leaseNow([owed], [put])).toEqual({
      tried: [{ id: 's1/0/0', attempts: 0, due: NOW + LEASE }],
      revived: [{ ...put, due: NOW + 30_000, claimed: true }],
    })
  })
})
