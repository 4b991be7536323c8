import { describe, expect, test } from 'vitest'
import type { Step } from '../../../../src/engine/change.ts'
import type { Command, Debt, Saga } from '../../../../src/engine/saga.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { DebtLeases } from '../../../../src/orchestrator/sending/debt-leases.ts'
import { IdleLeases } from '../../../../src/orchestrator/sending/idle-leases.ts'
import type { OutgoingCommand } from '../../../../src/orchestrator/sending/outgoing-command.ts'
import type { Relay } from '../../../../src/orchestrator/sending/relay.ts'
import { forgetDropped, Sender } from '../../../../src/orchestrator/sending/sender.ts'
import type { SenderOptions } from '../../../../src/orchestrator/sending/sender.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const NOW = simulatedRuntime().wallClock()
const LEASE = 15_000

interface Given {
  readonly shared?: boolean
  /** Commands that the relay does not take. */
  readonly refused?: readonly string[]
  readonly held?: readonly string[]
  readonly delivered?: readonly string[]
}

function world({ shared = true, refused = [], held = [], delivered = [] }: Given = {}) {
  const [runtime, leases] = [simulatedRuntime(), new IdleLeases(10)]
  const channels = new Map([['bank', fakeChannel('bank', 10_000)]])
  const offered: OutgoingCommand[] = []
  const offer = (one: OutgoingCommand) => {
    offered.push(one)
    return !refused.includes(one.command.id)
  }
  const relay = {
    offer,
    holds: (id: string) => held.includes(id),
    resumedAt: (channel: string) => (channel === 'bank' ? NOW - 5 : undefined),
  } as unknown as Relay
  const debtLeases = new DebtLeases({ relay, runtime, channels, shared, leases })
  const incidents = new Incidents(runtime)
  const settlements = { isDelivered: (_: string, { id }: Debt) => delivered.includes(id) }
  const options = { relay, settlements, runtime, channels, shared, debtLeases, leases, incidents }
  const sender = new Sender(options as unknown as SenderOptions)
  const idsOf = () => offered.splice(0).map(({ command }) => command.id)
  const forgotten = () => leases.oldest('bank', 9).map(({ id }) => id)
  return { sender, offered, idsOf, forgotten, leases, incidents, runtime }
}

/** A debt whose lease this process wrote just now. */
const debtOf = (id: string, more: Partial<Debt> = {}): Debt => {
  return { id, label: 'do', channel: 'bank', attempts: 0, since: NOW - 90, due: NOW + LEASE, ...more } as Debt
}
const sagaOf = (...owed: readonly Debt[]): Saga => ({ ...birth({ id: 's1' }).next, owed }) as Saga
const stepOf = (...owes: readonly Debt[]) => ({ owes, sideEffects: [] }) as unknown as Step
const [A, B, C] = [debtOf('s1/0/0'), debtOf('s1/1/0'), debtOf('s1/2/0')]

describe('the commands of a step', () => {
  test('P12 a send ends within the lease: by the time-out of the channel, and the words of a failure', () => {
    const { sender, offered } = world()
    sender.dispatch(sagaOf(A), stepOf(A))
    expect(offered).toMatchObject([
      {
        kind: 'command',
        command: { id: 's1/0/0', sagaId: 's1', label: 'do', channel: 'bank' },
        attempts: 0,
        expires: LEASE - 10_000 - 500,
        due: NOW + LEASE,
        owedSince: NOW - 90,
        since: NOW - 5,
        lane: 'bank',
      },
    ])
    expect([offered[0]?.isRecovered, offered[0]?.isRetry, offered[0]?.isRepeat]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('P12 a channel that saga.json lacks has no time-out', () => {
    const { sender, offered } = world()
    const lost = debtOf('s1/0/0', { channel: 'gone' })
    sender.dispatch(sagaOf(lost), stepOf(lost))
    expect(offered).toMatchObject([{ expires: LEASE - 500, since: NOW - 90 }])
  })

  test('P13 behind one that the relay does not take none is offered: this process remembers them', () => {
    const { sender, idsOf, forgotten } = world({ refused: ['s1/1/0'] })
    sender.dispatch(sagaOf(A, B, C), stepOf(A, B, C))
    expect([idsOf(), forgotten()]).toEqual([
      ['s1/0/0', 's1/1/0'],
      ['s1/1/0', 's1/2/0'],
    ])
  })

  test('P26 a held saga sends nothing', () => {
    const { sender, idsOf } = world()
    sender.dispatch({ ...sagaOf(A), hold: { since: 0 } as Saga['hold'] }, stepOf(A))
    expect(idsOf()).toEqual([])
  })

  test.each<[string, Debt, Given, boolean]>([
    ['was sent before', debtOf('s1/0/0', { tried: true, due: 0 }), {}, true],
    ['is under way here', debtOf('s1/0/0', { due: 0 }), { held: ['s1/0/0'] }, true],
    ['was delivered', debtOf('s1/0/0', { due: 0 }), { delivered: ['s1/0/0'] }, true],
    ['is under the lease of another process', debtOf('s1/0/0', { due: NOW + 1 }), {}, true],
    ['has lost its lease', debtOf('s1/0/0', { due: NOW }), {}, false],
    ['has not begun in the only process', debtOf('s1/0/0', { due: NOW + 1 }), { shared: false }, false],
  ])('P13 a command starts after an earlier one that %s, or waits', (_, earlier, given, isSent) => {
    const { sender, idsOf, forgotten } = world(given)
    sender.dispatch(sagaOf(earlier, B), stepOf(B))
    expect([idsOf(), forgotten()]).toEqual(isSent ? [['s1/1/0'], []] : [[], ['s1/1/0']])
  })

  test('P13 P16 it waits for an earlier one that this process holds without sending it', () => {
    const { sender, idsOf, leases } = world()
    leases.forget({ ...A, sagaId: 's1' })
    sender.dispatch(sagaOf(A, B), stepOf(B))
    expect(idsOf()).toEqual([])
  })
})

describe('commands that a write has leased', () => {
  test('P14 those that were leased are sent, in their order, without those that are under way or delivered', () => {
    const { sender, idsOf } = world({ held: ['s1/0/0'], delivered: ['s1/1/0'] })
    sender.sendLeased(sagaOf(A, B, C, debtOf('s1/3/0')), [A, B, C])
    expect(idsOf()).toEqual(['s1/2/0'])
  })

  test('P13 P15 a command that was begun before is a retry; one that only this process held is no repeat', () => {
    const { sender, offered, leases } = world()
    const before = [debtOf('s1/0/0', { due: 1, tried: true }), debtOf('s1/1/0', { due: 2 })]
    leases.forget({ id: 's1/1/0', sagaId: 's1', channel: 'bank', due: 2 })
    sender.sendLeased(sagaOf(A, B), before)
    const marks = offered.map(({ isRetry, isRepeat, isRecovered }) => [isRetry, isRepeat, isRecovered])
    expect(marks).toEqual([
      [true, true, true],
      [false, false, true],
    ])
    expect(leases.ready()).toEqual([])
  })

  test('P13 behind one that the relay does not take none is offered', () => {
    const { sender, idsOf, forgotten } = world({ refused: ['s1/0/0'] })
    sender.sendLeased(sagaOf(A, B), [A, B])
    expect([idsOf(), forgotten()]).toEqual([['s1/0/0'], ['s1/0/0', 's1/1/0']])
  })
})

describe('commands that are not sent', () => {
  const effect: Command = { id: 's1/0/1', sagaId: 's1', label: 'tell', channel: 'bank', payload: {} } as Command
  const unsent = (command: string) => ({
    code: 'side-effect.rejected',
    fields: { command, channel: 'bank', why: expect.stringContaining('so it was not sent') },
  })

  test('P5 a side effect has five seconds, and one that the relay does not take is logged, once for a channel', async () => {
    const { sender, offered, runtime, incidents } = world({ refused: ['s1/0/1', 's1/0/2'] })
    sender.sendOnce(sagaOf(), [effect, { ...effect, id: 's1/0/2' }, { ...effect, id: 's1/0/3' }])
    expect(offered[0]).toEqual({ command: effect, kind: 'side-effect', attempts: 0, expires: 5_000, lane: 'bank' })
    expect(runtime.logged).toMatchObject([unsent('s1/0/1'), { ...unsent('s1/0/2'), level: 'debug' }])
    incidents.succeeded('side effects bank', 'side-effect.delivered')
    await runtime.advance(5_000)
    const fields = { over: 'side-effect.rejected', kind: 'unsent', times: 2 }
    expect(runtime.logged.at(-1)).toMatchObject({ code: 'side-effect.delivered', fields })
  })

  test('P16 P5 what the relay drops later is remembered with its lease, and a side effect is logged', () => {
    const { leases, incidents, runtime, forgotten } = world()
    const dropped = { command: { ...effect, id: 's1/0/0' }, kind: 'command', attempts: 0, expires: 0, due: 77 } as const
    forgetDropped({ leases, incidents }, dropped)
    expect([leases.oldest('bank', 9)[0]?.due, runtime.logged]).toEqual([77, []])
    forgetDropped({ leases, incidents }, { ...dropped, command: { ...effect, id: 's1/1/0' }, due: undefined })
    forgetDropped({ leases, incidents }, { ...dropped, command: effect, kind: 'side-effect' })
    expect([forgotten(), runtime.logged]).toMatchObject([['s1/0/0'], [unsent('s1/0/1')]])
  })
})
