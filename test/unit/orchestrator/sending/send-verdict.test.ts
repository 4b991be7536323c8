import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { unreadableSaga } from '../../../../src/errors.ts'
import type { ChannelRetry, Sent } from '../../../../src/ports/channel.ts'
import { BUSY, DELIVERED, SILENT } from '../../../fakes/channel.ts'
import { world } from './verdict-stage.ts'

const RETRY: ChannelRetry = { attempts: 20, firstWait: 200, longestWait: 60_000 }
const WORDS: Sent = { kind: 'rejected', status: 404, retryable: false, answer: 'x'.repeat(600) }
const TAKEN: Sent = { kind: 'rejected', status: 409, retryable: false }
const AWAY = new Error('the store is away')

/** Beside settlements of the saga that wait for a write. */
const SETTLED = { settled: ['s1/9/9'] }
const letter = (more: object) => [{ dead: [expect.objectContaining({ id: 's1/0/0', ...more })], ...SETTLED }]

describe('a command that is sent again', () => {
  test('P15 an answer is counted and kept with its time, beside waiting settlements, and the next send is planned', async () => {
    const { verdict, outgoing, entries, retries, metrics, now, leases, deadlines } = world({ debt: { attempts: 3 } })
    await verdict.concluded(outgoing({ attempts: 3 }), BUSY)
    const due = now + (retries[0]?.[0] ?? 0)
    const tried = { id: 's1/0/0', attempts: 4, due, started: true, last: { at: now, status: 503 } }
    expect(entries).toEqual([{ tried: [tried], ...SETTLED }])
    expect([retries[0]?.[1], due > now, deadlines]).toEqual(['s1', true, [DEFAULTS.deadline]])
    expect(metrics.times('retried bank 5xx')).toBe(1)
    expect(leases.release('bank')).toBe(false) // it waits for its own time
  })

  test('P15 silence is not counted; its words are kept, and the command goes as soon as the participant answers', async () => {
    const { verdict, outgoing, entries, leases, metrics, now } = world()
    await verdict.concluded(outgoing({ lane: 'bank\0a' }), { ...SILENT, why: 'y'.repeat(600) } as Sent)
    expect(entries).toMatchObject([{ tried: [{ attempts: 0, last: { at: now, answer: 'y'.repeat(500) } }] }])
    expect(metrics.times('retried bank none')).toBe(1)
    expect(leases.isReady('bank\0a')).toBe(false)
    await verdict.concluded(outgoing(), DELIVERED)
    expect(leases.isReady('bank\0a')).toBe(true)
  })

  test.each<[string, Sent, boolean]>([
    ['a refusal', BUSY, true],
    ['silence', SILENT, false],
  ])('I5 commands that wait for an answer of the participant: %s', async (_, sent, isReady) => {
    const { verdict, outgoing, leases } = world()
    leases.postpone({ id: 's2/0/0', sagaId: 's2', channel: 'bank', due: 1 })
    await verdict.concluded(outgoing(), sent)
    expect(leases.isReady('bank')).toBe(isReady)
  })

  test.each<[string, object, object]>([
    ['another number of answers', { attempts: 1 }, {}],
    ['another time at which it was owed', { since: 5 }, { owedSince: 6 }],
    ['another id', { id: 's1/0/1' }, {}],
  ])('P14 P3 a debt that has %s now is not this one: nothing is written or planned', async (_, debt, more) => {
    const { verdict, outgoing, entries, retries, metrics, leases } = world({ debt })
    await verdict.concluded(outgoing(more), SILENT)
    expect([entries, retries, metrics.times('retried bank none'), leases.release('bank')]).toEqual([[], [], 0, false])
  })

  test('P3 where the time is not known, or the same, it is this one', async () => {
    const { verdict, outgoing, entries } = world({ debt: { since: 5 } })
    await verdict.concluded(outgoing(), SILENT)
    await verdict.concluded(outgoing({ owedSince: 5 }), SILENT)
    expect(entries).toHaveLength(2)
  })

  test('I9 a channel that saga.json lacks now has no rules of its own', async () => {
    const { verdict, outgoing, entries } = world({ isUnknown: true })
    await verdict.concluded(outgoing(), WORDS)
    expect(entries).toMatchObject([{ tried: [{ attempts: 1 }] }])
  })
})

describe('a command that has arrived', () => {
  test('P3 a delivery is settled', async () => {
    const { verdict, outgoing, delivered } = world()
    expect(await verdict.concluded(outgoing(), DELIVERED)).toBeUndefined()
    expect(delivered).toHaveLength(1)
  })

  test.each<[string, object]>([
    ['a retry', { isRetry: true }],
    ['a command of a process that died', { isRepeat: true }],
    ['a command with an answer before', { attempts: 1 }],
  ])('P15 409 says so to %s', async (_, more) => {
    const { verdict, outgoing, delivered, entries } = world({ retry: RETRY })
    expect(await verdict.concluded(outgoing(more), TAKEN)).toEqual({ kind: 'delivered' })
    expect([delivered.length, entries]).toEqual([1, []])
  })

  test('P15 to a first send it does not', async () => {
    const { verdict, outgoing, delivered, entries } = world({ retry: RETRY })
    expect(await verdict.concluded(outgoing(), TAKEN)).toEqual({ kind: 'given-up' })
    expect([delivered, entries]).toEqual([[], letter({ why: 'status 409', attempts: 1 })])
  })
})

describe('a command that is given up', () => {
  test('P15 its dead letter has the answer, its number and its time, beside waiting settlements', async () => {
    const { verdict, outgoing, entries, now, retries } = world({ retry: RETRY })
    expect(await verdict.concluded(outgoing(), WORDS)).toEqual({ kind: 'given-up' })
    const last = { at: now, status: 404, answer: 'x'.repeat(600) }
    expect([entries, retries]).toEqual([letter({ why: 'status 404', attempts: 1, since: now, last }), []])
  })

  test('P15 silence that lasted too long is named with the time', async () => {
    const { verdict, outgoing, entries, now } = world({ retry: { ...RETRY, giveUpAfter: 60_000 } })
    await verdict.concluded(outgoing({ since: now - 60_000 }), SILENT)
    expect(entries).toEqual(letter({ why: 'not delivered within 60 s: nobody answers', attempts: 0 }))
  })

  test('I2 P15 a write that fails or is lost is tried again, and the letter is counted once', async () => {
    const { verdict, outgoing, runtime, entries, metrics } = world({
      retry: RETRY,
      writes: [AWAY, 'lost', AWAY, 'saved'],
    })
    const fate = verdict.concluded(outgoing(), WORDS)
    await runtime.advance(10_000)
    expect([await fate, entries.length, metrics.times('count command-given-up')]).toEqual([{ kind: 'given-up' }, 1, 1])
  })

  test('I2 after a minute of outage the failure is the relay’s to report; the store still owes the command', async () => {
    const { verdict, outgoing, runtime, entries } = world({ retry: RETRY, writes: [AWAY] })
    const fate = verdict.concluded(outgoing(), WORDS).then(
      () => 'an answer',
      ({ message }: Error) => message,
    )
    let isOver = false
    void fate.then(() => (isOver = true))
    await runtime.advance(59_000)
    expect(isOver).toBe(false)
    await runtime.advance(10_000)
    expect([await fate, entries]).toEqual(['the store is away', []])
  })

  test('I2 after a minute of lost writes it is reported as not given up', async () => {
    const { verdict, outgoing, runtime, lines, metrics } = world({ retry: RETRY, writes: ['lost'] })
    const fate = verdict.concluded(outgoing(), WORDS)
    await runtime.advance(70_000)
    expect(await fate).toBeUndefined()
    expect([lines().at(-1)?.[0], metrics.times('count command-given-up')]).toEqual(['command.rejected', 0])
  })

  test('P20 a saga that cannot be read is not tried again', async () => {
    const damaged = unreadableSaga('sqlite', 's1', 'its head is damaged')
    const { verdict, outgoing } = world({ retry: RETRY, writes: [damaged] })
    await expect(verdict.concluded(outgoing(), WORDS)).rejects.toBe(damaged)
  })

  test('P14 a command that is not owed any more is no dead letter of this process', async () => {
    const { verdict, outgoing, entries, lines } = world({ retry: RETRY, debt: { attempts: 7 } })
    expect(await verdict.concluded(outgoing(), WORDS)).toBeUndefined()
    expect([entries, lines().map(([code]) => code)]).toEqual([[], ['command.rejected']])
  })
})
