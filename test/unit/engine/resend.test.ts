import { describe, expect, test } from 'vitest'
import { begin, decide } from '../../../src/engine/decide.ts'
import { revivedDebt } from '../../../src/engine/dead-letters.ts'
import { commandOf, deadCommand, evolve } from '../../../src/engine/evolve.ts'
import type { Change } from '../../../src/engine/change.ts'
import { mergeFirstLevel } from '../../../src/engine/merge.ts'
import { patchMetadata } from '../../../src/engine/operator-step.ts'
import { renamed } from '../../../src/engine/rename.ts'
import { enteringStepOf, resendOf, timerAfterResend } from '../../../src/engine/resend.ts'
import type { DeadCommand, Debt, Saga } from '../../../src/engine/saga.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'

const AT = 1_000
const LEASE = 50
const DEFINITION: MachineDefinition = {
  initialState: 'asked',
  states: [
    {
      id: 'asked',
      isFinal: false,
      outputCommand: { label: 'ask', channel: 'bank' },
      timeout: { after: 'PT1M30S', resend: 2, event: 'silence' },
      outgoingTransitions: [{ inputEvent: 'silence', targetState: 'quiet' }],
    },
    { id: 'quiet', isFinal: false, outgoingTransitions: [] },
    {
      id: 'hooked',
      isFinal: false,
      outputCommand: { label: 'tell', channel: 'bank', hook: { type: 'file', content: '' } },
    },
  ],
}
const MACHINE = compile(DEFINITION, { merge: mergeFirstLevel, leaseOf: () => LEASE, hookOf: () => () => ({}) })
const NOW = AT + 90_000
const ASKED = { now: NOW, leaseOf: () => LEASE }

function born(): Saga {
  const creation = { id: 's', eventId: 'e', entity: 'o', metadata: { a: 1 }, trace: 'T', headers: { miauserid: 'u' } }
  return evolve(undefined, { sagaId: 's', writeId: 'w', at: AT, step: begin(MACHINE, creation, AT) })
}

function after(saga: Saga, change: Partial<Change>): Saga {
  return evolve(saga, { sagaId: 's', writeId: 'w2', at: NOW, ...change })
}

function delivered(saga: Saga): Saga {
  const { id, label, channel, since, trace, headers, body } = saga.owed[0] as Debt
  const delivery = { id, label, channel, since, at: AT + 5, sends: 1, trace, headers, body }
  return after(saga, { settled: [id], deliveries: [delivery] })
}

/** The metadata are patched by hand: a step that stays in the state. */
function patched(saga: Saga): Saga {
  const step = patchMetadata(MACHINE, { saga, operation: 'o', now: NOW }, { a: 2 })
  const operation = { id: 'o', action: 'patch-metadata', at: NOW, operator: 'zoe', reason: 'wrong' } as const
  return after(saga, { step, operation })
}

function revived(saga: Saga): Debt {
  const resend = resendOf(MACHINE, saga, ASKED)
  if (resend.kind !== 'revived') throw new TypeError(`expected a debt to revive, found ${resend.kind}`)
  return resend.debt
}

describe('timers of the engine', () => {
  test('P18 entering a state arms its timer at an absolute instant, and leaving it arms none', () => {
    const saga = born()
    expect(saga.timer).toEqual({ step: 0, deadline: AT + 90_000, resends: 2, event: 'silence' })
    const event = { id: 'timer/0', sagaId: 's', label: 'silence', payload: {} }
    const decision = decide(MACHINE, { saga, event, now: NOW })
    expect(decision).toMatchObject({ kind: 'moved', step: { state: { id: 'quiet' }, event: { id: 'timer/0' } } })
    if (decision.kind === 'moved') expect(after(saga, { step: decision.step }).timer).toBeUndefined()
  })

  test('P18 a timer that has done everything goes', () => {
    const armed = after(born(), { timer: null, settled: ['s/0/0'] })
    expect([armed.timer, armed.due]).toEqual([undefined, undefined])
  })

  test.each(['P1M', 'PT0S', 'soon'])('C2.5a a machine with the duration "%s" does not compile', (text) => {
    const [first] = DEFINITION.states
    const states = [
      { ...first, id: 'asked', isFinal: false, timeout: { after: text, event: 'silence' } },
      ...DEFINITION.states.slice(1),
    ]
    const wrong = () =>
      compile({ ...DEFINITION, states }, { merge: mergeFirstLevel, leaseOf: () => 0, hookOf: () => () => ({}) })
    expect(wrong).toThrow('ISO 8601')
  })
})

describe('timerAfterResend', () => {
  const timer = { step: 3, deadline: 1_000, resends: 2, event: 'expired' }

  test('P18 the participant gets the whole time again, for a resend or for the event', () => {
    expect(timerAfterResend(timer, 5_000)).toEqual({ ...timer, resends: 1, deadline: 5_000 })
    expect(timerAfterResend({ ...timer, resends: 1 }, 5_000)).toEqual({ ...timer, resends: 0, deadline: 5_000 })
  })

  test('P18 a timer without an event has nothing more to do after its last resend', () => {
    const silent = { ...timer, event: undefined }
    expect(timerAfterResend(silent, 5_000)).toEqual({ ...silent, resends: 1, deadline: 5_000 })
    expect(timerAfterResend({ ...silent, resends: 1 }, 5_000)).toBeNull()
  })
})

describe('resendOf', () => {
  test('P18 a command that is still owed is redelivered', () => {
    expect(resendOf(MACHINE, born(), ASKED)).toMatchObject({ kind: 'owed', debt: { id: 's/0/0' } })
  })

  test('P5 P18 a delivered command comes back with the same id and bytes', () => {
    const saga = born()
    const bytes = commandOf(saga, saga.owed[0] as Debt)
    const again = revived(delivered(saga))
    expect(again).toMatchObject({ attempts: 0, due: NOW + LEASE, since: NOW, tried: true, claimed: true, sends: 1 })
    expect(commandOf(after(delivered(saga), { revived: [again] }), again)).toEqual(bytes)
  })

  test('P5 P18 one that was given up comes back, and its dead letter goes', () => {
    const saga = born()
    const letter = deadCommand(saga, saga.owed[0] as Debt, { why: 'status 400', since: AT, attempts: 1 })
    const dead = after(saga, { dead: [letter] })
    const back = after(dead, { revived: [revived(dead)] })
    expect([back.owed.map(({ id }) => id), back.deadLetters]).toEqual([['s/0/0'], []])
    expect(commandOf(back, back.owed[0] as Debt)).toEqual(commandOf(saga, saga.owed[0] as Debt))
  })

  test('P18 P25 after a step that stays in the state the command is still that of the entry', () => {
    expect(revived(patched(delivered(born()))).id).toBe('s/0/0')
  })

  test('P18 P25 and so it is where it was owed anew meanwhile, after a redelivery', () => {
    const saga = born()
    const letter = deadCommand(saga, saga.owed[0] as Debt, { why: 'status 400', since: AT, attempts: 1 })
    const again = after(saga, { dead: [letter], revived: [revivedDebt(letter, AT + 1)] })
    expect(revived(patched(delivered(again))).id).toBe('s/0/0')
    expect(resendOf(MACHINE, patched(again), ASKED)).toMatchObject({ kind: 'owed', debt: { id: 's/0/0' } })
    expect(revived(patched(after(saga, { dead: [letter] }))).id).toBe('s/0/0')
  })

  test('P18 P25 the step that entered the state is known however many records were dropped, and after a rename', () => {
    const saga = born()
    const letter = deadCommand(saga, saga.owed[0] as Debt, { why: 'status 400', since: AT, attempts: 1 })
    const dead = after(saga, { dead: [letter] })
    const many = Array.from({ length: 120 }).reduce<Saga>((before) => patched(before), dead)
    expect(many.operations).toHaveLength(100)
    expect(revived(many).id).toBe('s/0/0')
    const former = { ...MACHINE, states: new Map(), movedStates: new Map([['asked', MACHINE.initial]]) }
    const step = renamed(former, dead, NOW)
    expect(revived(after(dead, { step })).id).toBe('s/0/0')
  })

  test('P5 P18 a command of the step before is none of this visit, also where both steps have one instant', () => {
    const entered: Saga = { ...born(), length: 2, latestEvent: 'again' }
    expect(entered.owed.map(({ id, since }) => [id, since === entered.enteredAt])).toEqual([['s/0/0', true]])
    expect(revived(entered).id).toBe('s/1/0')
  })

  test('P18 P25 a saga of an earlier version has the records of its patches alone', () => {
    const saga = patched(after(born(), { settled: ['s/0/0'] }))
    expect(revived({ ...saga, enteringStep: undefined }).id).toBe('s/0/0')
  })

  test('P18 data of an earlier version has no delivery: the machine makes the command', () => {
    const settled = after(born(), { settled: ['s/0/0'] })
    expect(revived(settled)).toMatchObject({ id: 's/0/0', label: 'ask', channel: 'bank' })
  })

  test('P18 of several debts, deliveries and letters the one of the state counts', () => {
    const saga = born()
    const [debt] = saga.owed as [Debt]
    const older = { ...debt, id: 's/9/0', label: 'old', since: AT - 5 }
    expect(resendOf(MACHINE, { ...saga, owed: [older, debt] }, ASKED)).toMatchObject({
      kind: 'owed',
      debt: { id: 's/0/0' },
    })
    const done = (one: Debt, at: number) => ({ ...one, at, sends: 1 })
    const both = { ...saga, owed: [], delivered: [done(debt, AT + 1), done(older, AT + 2)] }
    expect(revived(both)).toMatchObject({ id: 's/0/0', label: 'ask' })
    const renewed = { ...both, delivered: [done(older, AT + 1), done({ ...debt, since: AT + 3 }, AT + 4)] }
    expect(revived(renewed)).toMatchObject({ id: 's/0/0' })
    expect(revived({ ...both, owed: [older], delivered: [done(debt, AT + 1)] }).id).toBe('s/0/0')
    for (const since of [AT, AT + 3]) {
      const renamedOften = { ...both, enteringStep: 7, delivered: [done({ ...debt, since }, AT + 4)] }
      expect(revived(renamedOften).id).toBe('s/0/0')
    }
    const letter = deadCommand(saga, debt, { why: '400', since: AT, attempts: 1 })
    const letters = { ...saga, owed: [], deadLetters: [letter, { ...letter, id: 's/9/0', label: 'old' }] }
    expect(revived(letters)).toMatchObject({ id: 's/0/0', label: 'ask' })
    const event = { ...letter, kind: 'event' as const, label: 'an event' }
    expect(revived({ ...letters, deadLetters: [letter, event] })).toMatchObject({ label: 'ask' })
    expect(resendOf(MACHINE, { ...saga, owed: [] }, { ...ASKED, id: 's/7/0' })).toMatchObject({ debt: { id: 's/7/0' } })
  })

  test('P25 in data of an earlier version only patches since the entry stay in the state', () => {
    const record = { id: 'o', operator: 'zoe', reason: 'wrong' }
    const earlier = {
      ...born(),
      owed: [],
      length: 5,
      latestEvent: '__metadata_patched__',
      operations: [
        { ...record, action: 'patch-metadata', at: AT },
        { ...record, action: 'hold', at: AT + 1 },
        { ...record, action: 'patch-metadata', at: AT + 1 },
      ],
    } as const
    expect(enteringStepOf(earlier)).toBe(3)
    expect(enteringStepOf({ ...earlier, operations: undefined })).toBe(4)
    expect(enteringStepOf({ ...earlier, enteredAt: undefined })).toBe(4)
    expect(enteringStepOf({ ...earlier, enteringStep: 2 })).toBe(2)
    // The clock of the process that entered the state is behind that of the patch before.
    expect(enteringStepOf({ ...earlier, latestEvent: 'silence' })).toBe(4)
  })

  test('P5 P18 the newest step has entered the state, also where a patch before it has the later instant of another clock', () => {
    const before = patched(delivered(born()))
    const event = { id: 'e2', sagaId: 's', label: 'silence', payload: {} }
    const decision = decide(MACHINE, { saga: before, event, now: NOW - 3_000 })
    if (decision.kind !== 'moved') throw new TypeError(`expected a step, found ${decision.kind}`)
    const saga = after(before, { at: NOW - 3_000, step: decision.step })
    expect([saga.length, enteringStepOf(saga), enteringStepOf(patched(saga))]).toEqual([3, 2, 2])
  })

  test('P5 the reason names the command whose message is not there', () => {
    const letter = deadCommand(born(), born().owed[0] as Debt, { why: 'x', since: AT, attempts: 1 })
    const whyOf = (part: Partial<DeadCommand>) =>
      resendOf(MACHINE, { ...born(), owed: [], deadLetters: [{ ...letter, ...part }] }, ASKED)
    expect(whyOf({ hookFailed: true })).toEqual({
      kind: 'refused',
      why: 'the hook of "ask" failed, so there is no message',
    })
    expect(whyOf({ lost: 'body' })).toEqual({
      kind: 'refused',
      why: 'the message that the hook of "ask" made was not kept',
    })
    expect(whyOf({ lost: 'payload' })).toMatchObject({ kind: 'revived', debt: { payload: undefined, tried: true } })
    expect(resendOf(MACHINE, { ...born(), owed: [], state: 'unknown' }, ASKED)).toEqual({
      kind: 'refused',
      why: 'the state "unknown" has no command',
    })
  })

  test('P18 there is nothing to resend without a command, or without the message of its hook', () => {
    const settled = after(born(), { settled: ['s/0/0'] })
    const refused = (state: string) => resendOf(MACHINE, { ...settled, state }, ASKED)
    expect(refused('quiet')).toEqual({ kind: 'refused', why: 'the state "quiet" has no command' })
    expect(refused('hooked')).toEqual({ kind: 'refused', why: 'the message that the hook of "tell" made was not kept' })
    const failed = {
      ...deadCommand(born(), born().owed[0] as Debt, { why: 'threw', since: AT, attempts: 0 }),
      hookFailed: true as const,
    }
    expect(resendOf(MACHINE, { ...settled, deadLetters: [failed] }, ASKED)).toMatchObject({ kind: 'refused' })
  })
})
