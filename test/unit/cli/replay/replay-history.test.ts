import { describe, expect, test } from 'vitest'
import { pastOf } from '../../../../cli/commands/replay/past-saga.ts'
import { replayHistory } from '../../../../cli/commands/replay/replay-history.ts'
import type { PastStep } from '../../../../cli/commands/replay/replay-history.ts'
import { ReplayTally } from '../../../../cli/commands/replay/replay-tally.ts'
import { machineToRead } from '../../../../cli/service/checked-configuration.ts'
import { order, rename, stateOf, type EditedFile } from '../plan/order.ts'

const machineOf = async (edit?: (file: EditedFile) => void) => machineToRead(await order(edit))
const step = (event: string, state: string, more: Partial<PastStep> = {}): PastStep => {
  return { event, state, isByHand: false, isRename: false, ...more }
}
const STEPS = [
  step('placeOrder', 'orderPlaced'),
  step('stockReserved', 'paymentPending'),
  step('paymentTaken', 'shipping'),
  step('delivered', 'orderCompleted'),
]
const PAST = { steps: STEPS, isFinal: true }

describe('a history in a changed machine', () => {
  test('goes the same way in its own', async () => {
    const { difference, entered, recorded, unknown } = replayHistory(await machineOf(), PAST)
    expect(difference).toBeUndefined()
    expect([...entered]).toEqual(STEPS.map(({ state }) => state))
    expect([...recorded]).toEqual([...entered])
    expect(unknown.size).toBe(0)
  })

  test('P11 goes the same way under new names of settings.movedStates, and elsewhere without them', async () => {
    const renamed = rename('paymentPending', 'awaiting')
    const known = await machineOf((file) => {
      renamed(file)
      file.settings = { movedStates: { paymentPending: 'awaiting' } }
    })
    expect(replayHistory(known, PAST).difference).toBeUndefined()
    const lost = replayHistory(await machineOf(renamed), PAST)
    expect(lost.difference).toEqual({
      kind: 'elsewhere',
      state: 'orderPlaced',
      event: 'stockReserved',
      before: 'paymentPending',
      now: 'awaiting',
    })
    expect([...lost.unknown]).toEqual(['paymentPending'])
    expect([...lost.entered]).toEqual(['orderPlaced'])
  })

  test('the first difference counts: another target, an event that is not listed, another beginning', async () => {
    const difference = async (edit: (file: EditedFile) => void) => replayHistory(await machineOf(edit), PAST).difference
    expect(
      await difference((file) => {
        Object.assign(stateOf(file, 'paymentPending').outgoingTransitions?.[0] ?? {}, { targetState: 'refunding' })
        stateOf(file, 'shipping').outgoingTransitions = []
      }),
    ).toEqual({
      kind: 'elsewhere',
      state: 'paymentPending',
      event: 'paymentTaken',
      before: 'shipping',
      now: 'refunding',
    })
    expect(await difference((file) => void stateOf(file, 'shipping').outgoingTransitions?.shift())).toEqual({
      kind: 'unexpected',
      state: 'shipping',
      event: 'delivered',
      before: 'orderCompleted',
    })
    expect(await difference((file) => void (file.machineDefinition.initialState = 'backOrdered'))).toEqual({
      kind: 'begins',
      event: 'placeOrder',
      before: 'orderPlaced',
      now: 'backOrdered',
    })
  })

  test('I6 the same way to a state that is an end in one machine alone is a difference', async () => {
    const machine = await machineOf((file) => void (stateOf(file, 'orderCompleted').isFinal = false))
    const ending = { kind: 'ending', state: 'orderCompleted', event: 'delivered', before: 'final', now: 'open' }
    expect(replayHistory(machine, PAST).difference).toEqual(ending)
    expect(replayHistory(machine, { steps: STEPS.slice(0, 3), isFinal: false }).difference).toBeUndefined()
  })

  test('P25 P11 steps by hand and new names are taken as they were, if the machine has their states', async () => {
    const machine = await machineOf()
    const steps = [
      step('placeOrder', 'orderPlaced'),
      step('__moved__', 'shipping', { isByHand: true }),
      step('__renamed__', 'olderName', { isRename: true }),
      step('delivered', 'orderCompleted'),
    ]
    expect(replayHistory(machine, { steps, isFinal: true }).difference).toBeUndefined()
    const elsewhere = [step('placeOrder', 'orderPlaced'), step('__moved__', 'nowhere', { isByHand: true })]
    expect(replayHistory(machine, { steps: elsewhere, isFinal: false }).difference).toEqual({
      kind: 'missing',
      state: 'orderPlaced',
      event: '__moved__',
      before: 'nowhere',
    })
  })

  test('a document tells its past by pairs of states and events', () => {
    const at = '2026-01-01T00:00:00.000Z'
    const events = [
      { event: 'placeOrder', timestamp: at, id: 'a', machine: 'h' },
      { event: '__moved__', timestamp: at, id: 'b', machine: 'h', operation: 'b' },
    ]
    const states = [
      { state: 'x', timestamp: at },
      { state: 'y', timestamp: at },
    ]
    expect(pastOf({ isFinal: false, history: { states, events } })).toEqual({
      ok: true,
      past: { steps: [step('placeOrder', 'x'), step('__moved__', 'y', { isByHand: true })], isFinal: false },
    })
    expect(pastOf({ isFinal: false, history: { states: states.slice(1), events } })).toMatchObject({ ok: false })
    expect(pastOf({ isFinal: false, history: { states: [], events: [] } })).toMatchObject({ ok: false })
  })
})

describe('many histories', () => {
  test('are grouped by their differences, largest first, with a few examples; memory is bounded', async () => {
    const machine = await machineOf((file) => void stateOf(file, 'shipping').outgoingTransitions?.shift())
    const tally = new ReplayTally(machine)
    for (let n = 0; n < 10; n++)
      tally.add(`same-${n}`, replayHistory(machine, { steps: STEPS.slice(0, 2), isFinal: false }))
    for (let n = 0; n < 20; n++) tally.add(`other-${n}`, replayHistory(machine, PAST))
    for (let n = 0; n < 1_500; n++) {
      tally.add(
        `odd-${n}`,
        replayHistory(machine, {
          steps: [step('placeOrder', 'orderPlaced'), step(`e-${n}`, 'shipping')],
          isFinal: false,
        }),
      )
    }
    for (let n = 0; n < 9; n++) tally.skip(`bad-${n}`, 'damaged')
    const report = tally.report()
    expect(report).toMatchObject({ sagas: 1_530, same: 10, others: 501, lostStates: ['orderCompleted'] })
    expect(report.differences).toHaveLength(1_000)
    expect(report.differences[0]).toMatchObject({ kind: 'unexpected', event: 'delivered', sagas: 20 })
    expect(report.differences[0]?.examples).toEqual(['other-0', 'other-1', 'other-2', 'other-3', 'other-4'])
    expect(report.unreachedStates).toEqual([
      'backOrdered',
      'paymentDelayed',
      'cancellingPayment',
      'refunding',
      'releasingStock',
      'orderFailed',
    ])
    expect([report.unread.sagas, report.unread.examples.length]).toEqual([9, 5])
  })
})
