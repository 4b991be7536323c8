import { describe, expect, test } from 'vitest'
import { chooseEvent } from '../../../cli/play/choose-event.ts'
import { PlayParticipants } from '../../../cli/play/play-participants.ts'
import type { PlayedAnswer } from '../../../cli/play/play-door.ts'
import type { PlayedCommand } from '../../../cli/play/play-schema.ts'
import { PlayTeller } from '../../../cli/play/play-teller.ts'
import type { Command } from '../../../src/engine/saga.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'

const CHECK = { id: 'check', isAwaited: true, events: ['ok', 'ko', 'late'], timeoutEvent: 'late' }
const MACHINE: MachineDefinition = {
  initialState: 'check',
  states: [
    {
      id: 'check',
      isFinal: false,
      outputCommand: { label: 'check', channel: 'shop' },
      sideEffects: [{ label: 'notify', channel: 'shop' }],
      timeout: { after: 'P3D', event: 'late' },
      outgoingTransitions: CHECK.events.map((inputEvent) => ({ inputEvent, targetState: 'done' })),
    },
    { id: 'done', isFinal: true },
  ],
}
const COMMAND: Command = { id: 'saga/0/0', sagaId: 'saga', label: 'check', channel: 'shop', payload: { a: 1 } }
const REFUSED = { kind: 'rejected', status: 503, retryable: true } as const
const PLAIN: PlayedCommand = { latency: [0, 0], failureRate: 0, silence: 0, cost: 0 }

interface Stage {
  readonly participants: PlayParticipants
  readonly sent: PlayedAnswer[]
  readonly lines: string[]
  readonly timers: (() => void)[]
}

/** PlayParticipants at instant 1,000, whose timers run by hand. */
function stage(played: PlayedCommand | undefined, { isAuto = false, random = 0.5, status = 200 } = {}): Stage {
  const sent: PlayedAnswer[] = []
  const lines: string[] = []
  const timers: (() => void)[] = []
  const clock = { now: () => 1_000 }
  const write = (line: string) => void lines.push(line)
  const door = {
    event: async (answer: PlayedAnswer) => (sent.push(answer), { status, isOk: status < 300, body: { message: 'no' } }),
    saga: async () => ({ state: 'check', entity: 'order-1' }),
  }
  const participants = new PlayParticipants({
    machine: MACHINE,
    commands: played === undefined ? {} : { check: played },
    isAuto,
    clock,
    after: (_, run) => (timers.push(run), () => undefined),
    random: () => random,
    door,
    tell: new PlayTeller({ write, hasColour: false, clock, finals: new Set() }),
  })
  return { participants, sent, lines, timers }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('a chosen event', () => {
  test('the chance of an event is its part of all weights, among the events of the state', () => {
    const events = {
      ok: { weight: 3, payload: { price: 5 } },
      ko: { weight: 1, payload: {} },
      other: { weight: 96, payload: {} },
    }
    const chosen = (chance: number) => chooseEvent({ events, latency: [100, 300] }, CHECK, () => chance)
    expect(chosen(0.74)).toEqual({ event: 'ok', payload: { price: 5 }, latency: 100 + 0.74 * 200 })
    expect(chosen(0.76)?.event).toBe('ko')
    expect(chooseEvent({ events: { other: events.other }, latency: [0, 0] }, CHECK, () => 0)).toBeUndefined()
  })

  test('without weights each event has the same chance, that of the timeout has none', () => {
    const chances = [0, 0.2, 0.4, 0.6, 0.8, 0.99]
    const chosen = chances.map((chance) => chooseEvent({ latency: [0, 0] }, CHECK, () => chance)?.event)
    expect(chosen).toEqual(['ok', 'ok', 'ok', 'ko', 'ko', 'ko'])
  })
})

describe('participants of a play', () => {
  test('a command without an entry waits for an answer by hand, once for all its sends', async () => {
    const { participants, sent } = stage(undefined)
    expect(participants.accept(COMMAND, REFUSED)).toEqual({ kind: 'delivered' })
    await settled()
    participants.accept(COMMAND, REFUSED)
    await settled()
    const [waiting, ...others] = participants.hand.all()
    expect(others).toEqual([])
    expect(waiting).toMatchObject({ id: 1, state: 'check', events: CHECK.events, since: 1_000 })
    if (waiting === undefined) return
    await participants.answer(waiting, 'ok', { b: 2 })
    expect(sent).toEqual([{ command: 'saga/0/0', sagaId: 'saga', event: 'ok', payload: { b: 2 } }])
    expect(participants.hand.all()).toEqual([])
    participants.accept(COMMAND, REFUSED)
    await settled()
    expect(participants.hand.all(), 'a repeat after the answer').toEqual([])
  })

  test('an answer by hand that the service refuses leaves the command waiting', async () => {
    const { participants } = stage(undefined, { status: 400 })
    participants.accept(COMMAND, REFUSED)
    await settled()
    const [waiting] = participants.hand.all()
    if (waiting === undefined) throw new Error('no command waits')
    expect(await participants.answer(waiting, 'ok', {})).toMatchObject({ status: 400 })
    expect(participants.hand.all()).toHaveLength(1)
  })

  test('a saga that has moved on leaves no command waiting', async () => {
    const { participants } = stage(undefined)
    participants.accept(COMMAND, REFUSED)
    await settled()
    participants.passed('saga', 0)
    expect(participants.hand.all()).toHaveLength(1)
    participants.passed('saga', 1)
    expect(participants.hand.all()).toEqual([])
  })

  test('a side effect waits for nothing', async () => {
    const { participants, lines } = stage(undefined, { isAuto: true })
    participants.accept({ ...COMMAND, id: 'saga/0/1', label: 'notify' }, REFUSED)
    await settled()
    expect(participants.hand.all()).toEqual([])
    expect(lines.join('')).toContain('side effect notify · shop')
  })

  test('a planned answer is due after its latency', async () => {
    const { participants, sent, timers } = stage({ ...PLAIN, latency: [500, 500] })
    participants.accept(COMMAND, REFUSED)
    await settled()
    expect(participants.nextDue(1_499)).toBeUndefined()
    const planned = participants.nextDue(1_500)
    expect(planned).toMatchObject({ due: 1_500, chosen: { event: 'ko' } })
    if (planned !== undefined) await participants.deliver(planned)
    if (planned !== undefined) await participants.deliver(planned)
    expect(timers).toHaveLength(1)
    expect(sent, 'once, though its timer may run too').toHaveLength(1)
  })

  test('a script answers the first commands of each saga in turn, then the weights decide', async () => {
    const played = { ...PLAIN, script: ['late', 'ko', 'gone'], events: { ok: { weight: 1, payload: {} } } }
    const { participants } = stage(played)
    const chosen = async (sagaId: string, step: number) => {
      const id = `${sagaId}/${step}/0`
      participants.accept({ ...COMMAND, id, sagaId }, REFUSED)
      await settled()
      return [...participants.planned()].find(({ command }) => command.id === id)?.chosen.event
    }
    expect(await chosen('a', 0)).toBe('late')
    expect(await chosen('b', 0), 'another saga has its own turn').toBe('late')
    expect([await chosen('a', 1), await chosen('a', 2), await chosen('a', 3)]).toEqual(['ko', 'ok', 'ok'])
  })

  test('failures and silence come as often as the play file says', async () => {
    const failing = stage({ ...PLAIN, failureRate: 1 })
    expect(failing.participants.accept(COMMAND, REFUSED)).toBe(REFUSED)
    const silent = stage({ ...PLAIN, silence: 1 })
    expect(silent.participants.accept(COMMAND, REFUSED)).toEqual({ kind: 'delivered' })
    await settled()
    expect(silent.timers).toEqual([])
    expect(silent.participants.hand.all(), 'a person may still answer').toHaveLength(1)
  })

  test('an answer that the service refuses is told, and the command waits for one by hand', async () => {
    const { participants, lines, timers } = stage(undefined, { isAuto: true, status: 400, random: 0.1 })
    participants.accept(COMMAND, REFUSED)
    await settled()
    timers[0]?.()
    await expect.poll(() => participants.hand.all()).toHaveLength(1)
    expect(lines.join('')).toContain('check was answered with ok: 400 no')
  })
})
