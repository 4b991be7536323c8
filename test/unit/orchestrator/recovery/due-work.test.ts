import { describe, expect, test } from 'vitest'
import type { Debt, Saga } from '../../../../src/engine/saga.ts'
import { DueWork } from '../../../../src/orchestrator/recovery/due-work.ts'
import type { DueWorkOptions } from '../../../../src/orchestrator/recovery/due-work.ts'
import { UNLIMITED } from '../../../../src/orchestrator/sending/channel-capacity.ts'
import type { ClaimBesideOptions, ClaimResult } from '../../../../src/orchestrator/sending/claims.ts'
import type { TimerResend } from '../../../../src/orchestrator/timers/saga-timers.ts'
import type { Loaded } from '../../../../src/ports/persistency.ts'
import { birth } from '../../../../testing/contract/build.ts'

type Kind = ClaimResult['kind']

/** What is due of the saga, and how the write of each part ends; by default nothing is due, and a claim has nothing to write. */
interface Given {
  readonly hold?: Saga['hold']
  readonly claim?: Kind
  /** The chores are due: the head after them, if it is known, and if they wrote. */
  readonly chores?: { readonly isLost?: boolean; readonly hasWritten: boolean }
  readonly fired?: Kind
  readonly isTimerDue?: boolean
  readonly resend?: TimerResend
  /** The newest head after a write is not known. */
  readonly isForgotten?: boolean
}

const LANES = ['bank']
/** Heads of this test are told apart by their basis. */
const nameOf = (loaded: Loaded | undefined) => (typeof loaded?.basis === 'string' ? loaded.basis : 'none')

function world(given: Given) {
  const head = (basis: string): Loaded => ({ saga: { ...birth({ id: 's1' }).next, hold: given.hold }, basis })
  const calls: string[] = []
  const beside: ClaimBesideOptions[] = []
  const result = (): ClaimResult => ({ kind: given.claim ?? 'left', passed: LANES })
  const options: DueWorkOptions = {
    claims: {
      passed: () => LANES,
      claim: async (loaded) => (calls.push(`claim ${nameOf(loaded)}`), result()),
      claimBeside: async (_loaded, _entry, more) => (beside.push(more), result()),
    },
    timers: {
      isDue: () => given.isTimerDue === true,
      isEventDue: () => given.fired !== undefined,
      resend: () => given.resend,
      fire: async (_, loaded) => (calls.push(`fire ${nameOf(loaded)}`), given.fired ?? 'left'),
    },
    ledger: { recall: () => (given.isForgotten === true ? undefined : head('newest')) },
    upkeep: {
      isDue: () => given.chores !== undefined,
      keepUp: async () => {
        const { isLost = false, hasWritten = false } = given.chores ?? {}
        return { loaded: isLost ? undefined : head('kept'), hasWritten }
      },
    } as unknown as DueWorkOptions['upkeep'],
  }
  const work = new DueWork(options)
  return { work, loaded: head('read'), calls, beside }
}

async function claimed(given: Given) {
  const { work, loaded, calls } = world(given)
  return { ...(await work.claim(loaded)), calls }
}

const HOLD = { since: 0 } as Saga['hold']
const NO_CHORES = { hasWritten: false }

describe('everything of a saga that is due', () => {
  test.each<[string, Given, Kind, readonly string[]]>([
    ['nothing', {}, 'left', ['claim read']],
    ['commands', { claim: 'written' }, 'written', ['claim read']],
    ['chores that are lost to another process', { chores: { isLost: true, hasWritten: false } }, 'failed', []],
    ['chores without a write', { chores: NO_CHORES }, 'left', ['claim kept']],
    ['chores alone', { chores: { hasWritten: true } }, 'written', ['claim kept']],
    ['chores, and a lost claim', { chores: { hasWritten: true }, claim: 'failed' }, 'failed', ['claim kept']],
    ['a deadline', { fired: 'written' }, 'written', ['claim read', 'fire read']],
    ['a deadline that has to wait', { fired: 'left' }, 'left', ['claim read', 'fire read']],
    ['a deadline that is lost to another process', { fired: 'failed' }, 'failed', ['claim read', 'fire read']],
    ['commands and a deadline', { claim: 'written', fired: 'left' }, 'written', ['claim read', 'fire newest']],
    ['a lost claim, and a deadline', { claim: 'failed', fired: 'written' }, 'failed', ['claim read']],
    [
      'an unknown head, and a deadline',
      { claim: 'written', fired: 'left', isForgotten: true },
      'written',
      ['claim read'],
    ],
  ])('P14 P18 each write goes on from the head of the one before: %s', async (_, given, kind, calls) => {
    const passed = calls.length === 0 ? [] : LANES
    expect(await claimed(given)).toEqual({ kind, passed, calls })
  })

  test('P26 a held saga has its chores done, and nothing else', async () => {
    const given: Given = { hold: HOLD, fired: 'written', isTimerDue: true }
    expect(await claimed(given)).toEqual({ kind: 'left', passed: [], calls: [] })
    expect(await claimed({ ...given, chores: { hasWritten: true } })).toEqual({
      kind: 'written',
      passed: [],
      calls: [],
    })
  })

  test.each<[string, Given, readonly string[] | undefined]>([
    ['chores', { chores: NO_CHORES }, undefined],
    ['the chores of a held saga', { chores: NO_CHORES, hold: HOLD }, undefined],
    ['the deadline of a held saga', { isTimerDue: true, hold: HOLD }, []],
    ['a deadline', { isTimerDue: true }, undefined],
    ['commands without capacity', {}, LANES],
  ])('P16 a claim would not write for %s alone', (_, given, lanes) => {
    const { work, loaded } = world(given)
    expect(work.passed(loaded, UNLIMITED)).toEqual(lanes)
  })
})

describe('the resend at a deadline', () => {
  const ask = { id: 's1/0/0', tried: true } as Debt

  async function meant(resent: Debt, debt: Debt, atOnce?: (debt: Debt) => boolean): Promise<boolean | undefined> {
    const { work, loaded, beside } = world({ resend: { entry: {}, atOnce: resent } })
    await work.claim(loaded, atOnce)
    return beside[0]?.atOnce?.(debt)
  }

  test('P18 its command does not wait for its backoff; one that a process sends, or has not begun, keeps its lease', async () => {
    expect(await meant(ask, ask)).toBe(true)
    expect(await meant(ask, { ...ask, claimed: true })).toBe(false)
    expect(await meant(ask, { id: 's1/0/0' } as Debt)).toBe(false)
    expect(await meant(ask, { ...ask, id: 's1/1/0' })).toBe(false)
  })

  test('P18 P12 commands that were to go at once do so besides', async () => {
    const other = { ...ask, id: 's1/1/0', claimed: true } as Debt
    expect(await meant(ask, other, ({ id }) => id === other.id)).toBe(true)
    expect(await meant(ask, other, ({ id }) => id !== other.id)).toBe(false)
  })

  test('P18 a resend without a command that it could hurry hurries none', async () => {
    const { work, loaded, beside } = world({ resend: { entry: {} } })
    await work.claim(loaded)
    expect(beside[0]?.atOnce?.(ask)).toBe(false)
  })

  test.each<[Kind, number]>([
    ['written', 1],
    ['left', 0],
    ['failed', 0],
  ])('P18 it is reported once it is durable: %s', async (claim, times) => {
    let reports = 0
    const { work, loaded, beside } = world({ claim, resend: { entry: {}, report: () => void reports++ } })
    expect(await work.claim(loaded, undefined, UNLIMITED)).toEqual({ kind: claim, passed: LANES })
    expect([reports, beside[0]?.capacity]).toEqual([times, UNLIMITED])
  })
})
