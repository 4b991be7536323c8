import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Debt, Saga, SagaId } from '../../../../src/engine/saga.ts'
import { unreadableSaga } from '../../../../src/errors.ts'
import { IdleLeases } from '../../../../src/orchestrator/sending/idle-leases.ts'
import { Mailbox } from '../../../../src/orchestrator/mailbox.ts'
import { UNLIMITED } from '../../../../src/orchestrator/sending/channel-capacity.ts'
import type { ChannelCapacity } from '../../../../src/orchestrator/sending/channel-capacity.ts'
import { SagaRecovery } from '../../../../src/orchestrator/recovery/saga-recovery.ts'
import type { ClaimResult } from '../../../../src/orchestrator/sending/claims.ts'
import type { Loaded } from '../../../../src/ports/persistency.ts'
import { birth } from '../../../../testing/contract/build.ts'

interface Given {
  readonly saga?: Saga
  readonly claim?: ClaimResult
}

/** Every claim fails, unless a result is given; `bad` is the result of reading the saga with that id. */
function world(bad: () => Promise<Loaded | undefined>, { saga, claim = { kind: 'failed', passed: [] } }: Given = {}) {
  const loaded = (id: SagaId): Loaded => ({ saga: saga ?? birth({ id }).next, basis: 'w' })
  const [claimed, leases]: [SagaId[], IdleLeases] = [[], new IdleLeases(2_000)]
  const atOnce: (((debt: Debt) => boolean) | undefined)[] = []
  const clock = { now: 0 }
  const recovery = new SagaRecovery({
    ledger: { recall: () => undefined, read: async (id) => (id === 'bad' ? bad() : loaded(id)) },
    mailbox: new Mailbox(),
    work: {
      passed: () => undefined,
      claim: async ({ saga: { id } }, isAtOnce) => {
        claimed.push(id)
        atOnce.push(isAtOnce)
        return claim
      },
    },
    leases,
    runtime: { wallClock: () => clock.now },
    ofAlarm: UNLIMITED,
    capacity: { ...UNLIMITED, left: () => 10, renew: () => undefined } as unknown as ChannelCapacity,
  })
  return { recovery, leases, claimed, loaded, atOnce, clock }
}

const damaged = (): Promise<never> => Promise.reject(unreadableSaga('sqlite', 'bad', 'its head is damaged'))

test('P20 I9 a saga that became unreadable after its claim failed is skipped, and the others are claimed again', async () => {
  const { recovery, claimed, loaded } = world(damaged)
  for (const id of ['bad', 'good']) await recovery.recover(loaded(id))
  claimed.length = 0
  for (let look = 0; look < 3; look++) await recovery.retry()
  expect(claimed).toEqual(['good', 'good', 'good'])
})

test('P20 I9 a saga that became unreadable loses its idle leases', async () => {
  const { recovery, leases, claimed } = world(damaged)
  for (const sagaId of ['bad', 'good']) leases.forget({ id: `${sagaId}/0/0`, sagaId, channel: 'bank', due: 1 })
  await recovery.retry()
  expect(claimed).toEqual(['good'])
  expect(leases.hasForgotten({ id: 'bad/0/0', due: 1 })).toBe(false)
})

test('P13 P14 a claim that another process has beaten leaves the idle lease to this one, behind others of its lane', async () => {
  const { recovery, leases } = world(damaged)
  for (const sagaId of ['s1', 's2']) leases.forget({ id: `${sagaId}/0/0`, sagaId, channel: 'bank', due: 1 })
  await recovery.recover({ saga: birth({ id: 's1' }).next, basis: 'w' })
  leases.putLast({ id: 's2/0/0', due: 2 }) // written again meanwhile
  leases.putLast({ id: 's1/0/0', due: 1 })
  expect(leases.oldest('bank', 2).map(({ id }) => id)).toEqual(['s2/0/0', 's1/0/0'])
  for (let look = 0; look < 3; look++) await recovery.retry()
  expect(leases.hasForgotten({ id: 's1/0/0', due: 1 })).toBe(true)
})

test('P13 an idle lease whose claim leaves it behind an earlier command is still ours, and is not looked at again and again', async () => {
  const { recovery, leases, claimed } = world(damaged, { claim: { kind: 'left', passed: ['shop'] } })
  leases.forget({ id: 's1/1/0', sagaId: 's1', channel: 'bank', due: 1 })
  for (let look = 0; look < 3; look++) await recovery.retry()
  expect(claimed).toEqual(['s1'])
  expect(leases.hasForgotten({ id: 's1/1/0', due: 1 })).toBe(true)
})

test('P13 P14 a saga that failed in this look is not claimed twice in it, and its next visit claims the idle lease too', async () => {
  const { recovery, leases, claimed, loaded, atOnce } = world(damaged)
  await recovery.recover(loaded('s1'))
  leases.forget({ id: 's1/0/0', sagaId: 's1', channel: 'bank', due: 1 })
  claimed.length = 0
  await recovery.retry()
  expect(claimed).toEqual(['s1'])
  expect(atOnce.at(-1)?.({ id: 's1/0/0', due: 1 } as Debt)).toBe(true)
})

test.each([
  ['the end of a parked event', { owed: [], parked: [{ expires: 700 }] }],
  ['an offer of a parked event', { owed: [], parked: [{ due: 700, expires: 9_000 }] }],
  ['a command', { owed: [{ due: 700 }], parked: [] }],
])('P10 P18 a deadline that has to wait does not hide %s', async (_, parts) => {
  const timer = { step: 0, deadline: -5, resends: 0, event: 'silence' }
  const saga = { ...birth({ id: 's1' }).next, timer, due: -5, ...parts } as unknown as Saga
  const { recovery, claimed, loaded, clock } = world(damaged, { saga, claim: { kind: 'left', passed: [] } })
  await recovery.recover(loaded('s1'))
  clock.now = 699
  await recovery.retry()
  expect(claimed).toEqual(['s1'])
  clock.now = 700
  await recovery.retry()
  expect(claimed).toEqual(['s1', 's1'])
})

test('P28 a lane for each saga: one look claims no more of a channel than it has capacity for', async () => {
  const { recovery, leases, claimed } = world(damaged)
  for (const channel of ['bank', 'shop'])
    for (let at = 0; at < 1_000; at++) {
      const sagaId = `${channel}${at}`
      leases.forget({ id: `${sagaId}/0/0`, sagaId, channel, lane: `${channel}\0${at}`, due: 1 })
    }
  await recovery.retry()
  expect([claimed.length, claimed[0], claimed[10]]).toEqual([20, 'bank0', 'shop0'])
})

test('P20 an outage of the store is not damage: failed claims are remembered', async () => {
  let isAway = true
  const { recovery, claimed, loaded } = world(async () => {
    if (isAway) throw new Error('away')
    return loaded('bad')
  })
  await recovery.recover(loaded('bad'))
  await expect(recovery.retry()).rejects.toThrow('away')
  isAway = false
  await recovery.retry()
  expect(claimed).toEqual(['bad', 'bad'])
})

test('P18 P19 a deadline that has to wait does not hide the next command from the alarm of its saga', async () => {
  const { next } = birth({ id: 's1' })
  const [debt] = next.owed
  if (debt === undefined) throw new Error('the saga owes no command')
  const timer = { step: 0, deadline: -1, resends: 0, event: 'silence' }
  const waking = (...due: readonly number[]) => {
    const saga = { ...next, timer, due: -1, owed: due.map((one) => ({ ...debt, due: one })) }
    const { recovery } = world(damaged, { saga, claim: { kind: 'left', passed: [] } })
    return recovery.wake('s1', () => undefined).then(({ again }) => again)
  }
  expect(await waking()).toBe(DEFAULTS.retryLongest)
  expect(await waking(-1, 700, 500)).toBe(500)
  expect(await waking(DEFAULTS.retryLongest + 1)).toBe(DEFAULTS.retryLongest)
})

test('P28 a saga of an alarm whose channel is paused is looked at as seldom as it has waited', async () => {
  const debt = (since: number) => ({ ...birth().next.owed[0], since, due: -1 }) as Saga['owed'][number]
  const again = async (since: number) => {
    const saga = { ...birth().next, owed: [debt(since)] }
    const { recovery } = world(damaged, { saga, claim: { kind: 'left', passed: ['desk'] } })
    return recovery.wake('any', () => undefined)
  }
  expect([await again(-1_000), await again(-30_000), await again(-3_600_000)]).toEqual(
    [10_000, 30_000, 60_000].map((wait) => ({ again: wait, isPaused: true })),
  )
})
