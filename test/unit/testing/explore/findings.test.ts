import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { explored, textsOf } from './explored.ts'
import { CHARGES_TWICE, GOES_ROUND, HAS_NO_WAY, SENDS_AGAIN, STANDS_STILL } from './planted-machines.ts'

const ALWAYS = { always: ['eventually final'] }

function exampleOf(name: string): MachineDefinition {
  const path = join(import.meta.dirname, '../../../../examples', name, 'saga.json')
  const { machineDefinition } = JSON.parse(readFileSync(path, 'utf8')) as { machineDefinition: MachineDefinition }
  return machineDefinition
}

describe('examples', () => {
  test('the reservation has no fault of its own: it stands still after a silence alone', () => {
    const machine = exampleOf('reservation')
    const alone = explored(machine, { faults: 0, properties: ALWAYS })
    expect(alone).toMatchObject({ isWhole: true, faults: 0 })
    const { neverReached, standStills, liveLocks, unexpected, broken } = alone
    expect({ neverReached, standStills, liveLocks, unexpected, broken }).toEqual({
      neverReached: [],
      standStills: [],
      liveLocks: [],
      unexpected: [],
      broken: [],
    })
    const { standStills: stills, isWhole } = explored(machine)
    expect(isWhole).toBe(true)
    expect(stills.map(({ state, faults }) => [state, faults])).toEqual([
      ['reservationCreated', 1],
      ['reservationValidated', 1],
    ])
  })

  test('the order refunds a payment after its deadline, unless the bank has said before that it is cancelled', () => {
    const { unexpected, isWhole } = explored(exampleOf('order'), { faults: 1 })
    expect(isWhole).toBe(true)
    expect(
      unexpected.find(({ event, state }) => event === 'paymentTaken' && state === 'cancellingPayment'),
    ).toBeUndefined()
    const late = unexpected.find(({ event, state }) => event === 'paymentTaken' && state === 'releasingStock')
    expect(late).toMatchObject({ faults: 1, treatment: 'ignored', isFinal: false })
    expect(textsOf(late)).toEqual([
      'the saga is created in orderPlaced',
      'the participant accepts reserveStock and answers stockReserved',
      'stockReserved arrives: orderPlaced → paymentPending',
      'the deadline of paymentPending sends takePayment again, before takePayment is accepted',
      'the deadline of paymentPending sends takePayment again',
      'the deadline of paymentPending fires paymentExpired: paymentPending → cancellingPayment',
      'the participant accepts cancelPayment and answers paymentCancelled',
      'the participant accepts takePayment and answers paymentTaken',
      'paymentCancelled arrives: cancellingPayment → releasingStock',
      'paymentTaken arrives: releasingStock does not list it, and it is ignored',
    ])
  })
})

describe('planted mistakes', () => {
  test('a stand-still of the machine itself needs no fault', () => {
    const { standStills, broken } = explored(STANDS_STILL, { properties: ALWAYS })
    expect(standStills[0]).toMatchObject({ state: 'refused', faults: 0 })
    expect(textsOf(standStills[0])).toEqual([
      'the saga is created in paying',
      'the participant accepts takePayment and answers refused',
      'refused arrives: paying → refused',
    ])
    expect(broken).toEqual([
      {
        property: { rule: 'always', index: 0, text: 'eventually final' },
        faults: 0,
        trace: standStills[0]?.trace,
      },
    ])
  })

  test('a second charge at a deadline that comes before the answer', () => {
    const properties = { never: [['takePayment twice'], ['takePayment 3 times']] }
    expect(explored(CHARGES_TWICE, { faults: 0, properties }).broken).toEqual([])
    const { broken } = explored(CHARGES_TWICE, { properties })
    expect(broken.map(({ property, faults }) => [property.text, faults])).toEqual([['takePayment twice', 1]])
    expect(broken[0]?.trace.flatMap(({ faults }) => faults)).toHaveLength(1)
    expect(textsOf(broken[0]).at(-1)).toBe('the participant accepts takePayment and answers paid')
  })

  test('an answer under way when the deadline fires arrives in the next state', () => {
    const { unexpected } = explored(CHARGES_TWICE, { faults: 1 })
    const late = unexpected.find(({ event, state }) => event === 'paid' && state === 'done')
    expect(late?.isFinal).toBe(true)
    expect(late?.trace.flatMap(({ faults }) => faults)).toEqual(['late'])
  })

  test('a state without a way to it is certain where the exploration is whole', () => {
    const { neverReached, isWhole } = explored(HAS_NO_WAY)
    expect([neverReached, isWhole]).toEqual([['refunding', 'refunded'], true])
  })

  test('a live-lock has its states and one round', () => {
    const { liveLocks, broken, standStills } = explored(GOES_ROUND, { faults: 0, properties: ALWAYS })
    expect(standStills).toEqual([])
    expect(liveLocks).toHaveLength(1)
    expect(liveLocks[0]).toMatchObject({ states: ['asking', 'waiting'], faults: 0 })
    expect(textsOf(liveLocks[0]).at(-1)).toBe('refused arrives: paying → asking')
    expect(liveLocks[0]?.round.map(({ text }) => text)).toEqual([
      'the participant accepts ask and answers asked',
      'asked arrives: asking → waiting',
      'the participant accepts wait and answers again',
      'again arrives: waiting → asking',
    ])
    expect(broken.map(({ property }) => property.text)).toEqual(['eventually final'])
  })
})

describe('participants', () => {
  test('answer with the events that a play file names, and are silent where it says so', () => {
    const always = explored(STANDS_STILL, { participants: { takePayment: { events: { paid: { payload: {} } } } } })
    expect(always.neverReached).toEqual(['refused'])
    const silent = explored(CHARGES_TWICE, { faults: 0, participants: { takePayment: { silence: 0.1 } } })
    expect(silent.standStills.map(({ state, faults }) => [state, faults])).toEqual([['payingAgain', 0]])
  })

  test('the one event of a state with a deadline that only sends again is the answer', () => {
    const { states } = SENDS_AGAIN
    const timeout = { after: 'PT1M', resend: 1 }
    const [paying, ...ends] = states.map((one) => (one.id === 'paying' ? { ...one, timeout } : one))
    const outgoingTransitions = paying?.outgoingTransitions?.slice(0, 1)
    const machine = { ...SENDS_AGAIN, states: [{ ...paying, outgoingTransitions }, ...ends] } as MachineDefinition
    const { standStills, neverReached } = explored(machine, { faults: 0 })
    expect([standStills, neverReached]).toEqual([[], ['failed']])
  })

  test('a resend at a deadline mends a silence', () => {
    const { standStills, neverReached } = explored(SENDS_AGAIN, { faults: 1 })
    expect([standStills, neverReached]).toEqual([[], []])
  })

  test('a repeat under the same key counts once, and once more where the key is forgotten', () => {
    const { broken } = explored(SENDS_AGAIN, { properties: { never: [['takePayment twice']] } })
    expect(broken).toHaveLength(1)
    expect(broken[0]?.faults).toBe(2)
    expect(broken[0]?.trace.flatMap(({ faults }) => faults)).toContain('forgotten-key')
  })

  test('a payload that a play file names is checked by the schema, and one that it does not name fits', () => {
    const [paying, ...rest] = STANDS_STILL.states
    const schema = { type: 'object', required: ['amount'] }
    const [paid, refused] = paying?.outgoingTransitions ?? []
    const checked = {
      ...STANDS_STILL,
      states: [{ ...paying, outgoingTransitions: [{ ...paid, payloadValidationSchema: schema }, refused] }, ...rest],
    } as MachineDefinition
    expect(explored(checked, { faults: 0 }).neverReached).toEqual([])
    const wrong = { takePayment: { events: { paid: { payload: { price: 5 } } } } }
    const { neverReached, unexpected } = explored(checked, { faults: 0, participants: wrong })
    expect(neverReached).toEqual(['refused', 'done'])
    expect(unexpected.map(({ event, state, treatment }) => [event, state, treatment])).toEqual([
      ['paid', 'paying', 'refused'],
    ])
  })
})

describe('unexpected events', () => {
  test.each(['ignore', 'reject', 'park'] as const)('as the setting says: %s', (unexpectedEvents) => {
    const { unexpected } = explored(exampleOf('order'), { faults: 1, unexpectedEvents })
    const treatments = unexpected
      .filter(({ event, state }) => event === 'paymentTaken' && state === 'releasingStock')
      .map(({ treatment }) => treatment)
    expect(treatments).toEqual({ ignore: ['ignored'], reject: ['rejected'], park: ['parked'] }[unexpectedEvents])
  })

  test('a parked event that no later state takes becomes a dead letter where the saga stands still', () => {
    const { unexpected } = explored(exampleOf('order'), { faults: 2, unexpectedEvents: 'park' })
    const dead = unexpected.filter(({ treatment }) => treatment === 'dead-lettered')
    expect(dead.map(({ state }) => state)).toContain('releasingStock')
  })
})

test('an exploration that meets its bound says so, and claims no live-lock', () => {
  const { isWhole, situations, liveLocks } = explored(GOES_ROUND, { most: 4 })
  expect([isWhole, situations, liveLocks]).toEqual([false, 4, []])
})
