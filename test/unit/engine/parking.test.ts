import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isChoreDue, nextChore } from '../../../src/engine/chore.ts'
import { begin } from '../../../src/engine/decide.ts'
import { evolve } from '../../../src/engine/evolve.ts'
import { mergeFirstLevel } from '../../../src/engine/merge.ts'
import { expiredOffers, newlyDue, nextOffer, parkedBeside } from '../../../src/engine/offer.ts'
import { park } from '../../../src/engine/park.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { Saga, SagaEvent } from '../../../src/engine/saga.ts'
import { compile } from '../../../src/machine/compile.ts'

const AT = 1_000
const BOUNDS = { limit: 3, timeToLive: 100 }
const STATES = ['a', 'b', 'c', 'd', 'end']
const MACHINE = compile(
  {
    initialState: 'a',
    creationEvent: 'made',
    states: STATES.map((id, index) => ({
      id,
      isFinal: id === 'end',
      outgoingTransitions: STATES.slice(index + 1, index + 2).map((next) => ({
        inputEvent: `to-${next}`,
        targetState: next,
      })),
    })),
  },
  { merge: mergeFirstLevel, leaseOf: () => 0 },
)

function born(): Saga {
  const creation = { id: 's', eventId: 'key/1', entity: 'e', metadata: {} }
  return after(undefined, { step: begin(MACHINE, creation, AT) })
}

function after(saga: Saga | undefined, change: Omit<Change, 'sagaId' | 'writeId' | 'at'>): Saga {
  return evolve(saga, { sagaId: 's', writeId: 'w', at: AT, ...change })
}

function event(label: string, id = label): SagaEvent {
  return { id, sagaId: 's', label, payload: { [label]: true }, origin: 'events/0/1' }
}

function parkedWith(saga: Saga, ...labels: readonly string[]): Saga {
  return labels.reduce((head, label) => {
    const parking = park(head, event(label), { ...BOUNDS, limit: 10, now: AT })
    return parking.kind === 'parked' ? after(head, { parked: [parking.event] }) : head
  }, saga)
}

function taken(saga: Saga): { readonly saga: Saga; readonly steps: readonly string[] } {
  const steps: string[] = []
  let head = saga
  for (let offer = nextOffer(MACHINE, head, AT); offer !== undefined; offer = nextOffer(MACHINE, head, AT)) {
    if (offer.step !== undefined) steps.push(offer.step.event.label)
    const { step } = offer
    head = after(head, step === undefined ? offer : { step, ...parkedBeside(MACHINE, head, { step, lease: 5 }) })
  }
  return { saga: head, steps }
}

describe('parking', () => {
  test('P10 an event is kept with the end of its time, and without the fields of its process', () => {
    const parking = park(born(), event('to-c'), { ...BOUNDS, now: AT })
    const { origin: _, ...kept } = event('to-c')
    expect(parking).toEqual({ kind: 'parked', event: { event: kept, since: AT, expires: AT + 100 } })
  })

  test('P26 the time of an event begins when the saga can take it', () => {
    const held = after(born(), { hold: { since: AT, until: AT + 500 } })
    expect(park(held, event('to-b'), { ...BOUNDS, now: AT })).toMatchObject({ event: { expires: AT + 600 } })
  })

  test('P10 a repeat is recognised where the saga is full, a new event and a new label are refused', () => {
    const full = parkedWith(born(), 'to-c', 'to-d', 'to-end')
    const bounds = { ...BOUNDS, now: AT }
    expect(park(full, event('to-c'), bounds)).toEqual({ kind: 'repeated' })
    expect(park(full, event('other'), bounds)).toEqual({ kind: 'full' })
    expect(park(full, event('other', 'to-c'), bounds)).toEqual({ kind: 'full' })
  })

  test('P10 several in a row are taken, whatever the order in which they were parked', () => {
    const { saga, steps } = taken(parkedWith(born(), 'to-d', 'to-c', 'to-b'))
    expect(steps).toEqual(['to-b', 'to-c', 'to-d'])
    expect(saga).toMatchObject({ state: 'd', parked: [], metadata: { 'to-b': true, 'to-c': true, 'to-d': true } })
  })

  test('P10 a step into a final state drops the rest in its own write', () => {
    const { saga } = taken(parkedWith(born(), 'never', 'to-b', 'to-c', 'to-d', 'to-end'))
    expect(saga).toMatchObject({ state: 'end', parked: [], due: undefined })
  })

  test('P10 C4.5 a step that stays in a final state drops nothing; one that enters it drops all', () => {
    const saga = parkedWith(born(), 'never', 'to-b')
    const step = { ...begin(MACHINE, { id: 's', eventId: 'x', entity: 'e', metadata: {} }, AT), number: 1 }
    const end = { ...step, state: { id: 'end', isFinal: true } }
    const unparked = (isFinal: boolean, stays?: true) =>
      parkedBeside(MACHINE, { ...saga, isFinal }, { step: { ...end, stays }, lease: 5 }).unparked?.map(({ id }) => id)
    expect([unparked(true, true), unparked(true), unparked(false, true), unparked(false)]).toEqual([
      undefined,
      ['never', 'to-b'],
      ['never', 'to-b'],
      ['never', 'to-b'],
    ])
  })

  test('P10 the repeat of a parked event that moves the saga takes it out of the parked ones', () => {
    const saga = parkedWith(born(), 'to-b', 'never')
    const step = nextOffer(MACHINE, saga, AT)?.step
    expect(step && parkedBeside(MACHINE, saga, { step, lease: 5 })).toEqual({
      unparked: [{ id: 'to-b', label: 'to-b' }],
      parked: undefined,
    })
    expect(step && parkedBeside(MACHINE, born(), { step, lease: 5 })).toEqual({})
  })

  test('P10 an event that is refused when it is offered is a dead letter', () => {
    const refusing = compile(
      {
        initialState: 'a',
        creationEvent: 'made',
        states: [
          { id: 'a', isFinal: false, outgoingTransitions: [{ inputEvent: 'to-b', targetState: 'b' }] },
          { id: 'b', isFinal: true, outgoingTransitions: [] },
        ],
      },
      {
        merge: () => {
          throw new Error('no')
        },
        leaseOf: () => 0,
      },
    )
    const saga = parkedWith(born(), 'to-b')
    const next = after(saga, nextOffer(refusing, saga, AT) ?? {})
    expect(next).toMatchObject({ state: 'a', parked: [], deadLetters: [{ kind: 'event', id: 'to-b', attempts: 0 }] })
  })

  test('P10 an expired event is not offered, and becomes a dead letter with its reason', () => {
    const saga = parkedWith(born(), 'to-b')
    expect(expiredOffers(saga, AT + 99)).toBeUndefined()
    expect(nextOffer(MACHINE, saga, AT + 100)).toBeUndefined()
    expect(after(saga, expiredOffers(saga, AT + 100) ?? {})).toMatchObject({
      parked: [],
      due: undefined,
      deadLetters: [{ kind: 'event', id: 'to-b', label: 'to-b', payload: { 'to-b': true }, since: AT }],
    })
  })

  test('P10 the reason says how long the event was parked', () => {
    const saga = parkedWith(born(), 'to-b')
    expect(expiredOffers(saga, AT + 100)?.dead?.[0]?.why).toBe('parked for 100 ms, and no state of the saga took it')
  })

  test('P11 a machine without the state takes none, and the oldest is due: another machine may have it', () => {
    const saga = { ...parkedWith(born(), 'to-b', 'to-c'), state: 'unknown' }
    expect(nextOffer(MACHINE, saga, AT)).toBeUndefined()
    const due = newlyDue(MACHINE, saga.parked, { state: 'unknown', due: AT + 7 })
    expect(due).toMatchObject([{ event: { label: 'to-b' }, due: AT + 7 }])
  })

  test('P10 the event of the new state comes due, and that of the state before is no longer', () => {
    const parked = parkedWith(born(), 'to-b', 'to-c', 'to-d').parked.map((one) =>
      one.event.label === 'to-b' ? { ...one, due: AT } : one,
    )
    const changed = newlyDue(MACHINE, parked, { state: 'b', due: AT + 7 })
    expect(changed?.map(({ event: { label }, due }) => [label, due])).toEqual([
      ['to-b', undefined],
      ['to-c', AT + 7],
    ])
    expect(newlyDue(MACHINE, parked.slice(1), { state: 'end', due: AT + 7 })).toBeUndefined()
  })

  test('P26 a held saga takes no parked event', () => {
    const held = after(parkedWith(born(), 'to-b'), { hold: { since: AT } })
    expect(nextOffer(MACHINE, held, AT)).toBeUndefined()
  })

  test('P10 of any parked events each is applied once or still parked, never both', () => {
    const labels = fc.uniqueArray(fc.constantFrom('to-b', 'to-c', 'to-d', 'x', 'y'), { maxLength: 5 })
    fc.assert(
      fc.property(labels, (parked) => {
        const { saga, steps } = taken(parkedWith(born(), ...parked))
        const left = saga.parked.map(({ event: { label } }) => label)
        expect([...steps, ...left].toSorted()).toEqual(parked.toSorted())
        expect(saga.length).toBe(1 + steps.length)
      }),
    )
  })
})

test('P10 P12 an offer whose process has died is due at once in a store that was opened anew', () => {
  const head = parkedWith(born(), 'to-b', 'to-d')
  const offered = (label: string, due: number | undefined): Saga => {
    const events = head.parked.map((one) => ({ ...one, due: one.event.label === label ? AT + 50 : undefined }))
    return { ...after(head, { parked: events }), due }
  }
  const chore = (saga: Saga) => isChoreDue(MACHINE, saga, AT) && nextChore(MACHINE, saga, AT)?.kind
  expect(chore(offered('to-b', AT + 50))).toBe(false)
  expect(chore(offered('to-b', 0))).toBe('offer')
  const waits = parkedWith(born(), 'to-d')
  const early = { ...after(waits, { parked: waits.parked.map((one) => ({ ...one, due: AT + 50 })) }), due: 0 }
  expect(chore(early)).toBe('reschedule')
  expect(after(early, {}).due).toBe(AT + 50)
  expect(chore({ ...waits, due: 0 })).toBe(false)
})
