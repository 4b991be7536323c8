import { expect, test } from 'vitest'
import type { Sent } from '../../../../src/ports/channel.ts'
import { BUSY, DELIVERED, SILENT } from '../../../fakes/channel.ts'
import { world } from './verdict-stage.ts'

const WORDS: Sent = { kind: 'rejected', status: 500, retryable: true, answer: 'x'.repeat(600) }
const WHICH = { saga: 's1', label: 'pay', command: 's1/0/0', channel: 'bank' }
/** Longer than an incident is quiet before its end is logged. */
const QUIET = 5_000

test('P15 a refusal is logged with its words, bounded, its attempt and the next send', async () => {
  const { verdict, outgoing, lines, now, retries } = world()
  await verdict.concluded(outgoing({ sends: 4 }), WORDS)
  const nextTry = new Date(now + (retries[0]?.[0] ?? 0)).toISOString()
  const fields = { ...WHICH, attempt: 5, status: 500, answer: 'x'.repeat(500), nextTry }
  expect(lines()).toEqual([['command.rejected', fields]])
})

test('P15 one without words has no field for them', async () => {
  const { verdict, outgoing, lines } = world({ debt: { attempts: 2 } })
  await verdict.concluded(outgoing({ attempts: 2 }), BUSY)
  expect(lines()).toEqual([['command.rejected', { ...WHICH, attempt: 3, status: 503, nextTry: expect.any(String) }]])
})

test('P15 silence is logged with its reason', async () => {
  const { verdict, outgoing, lines } = world()
  await verdict.concluded(outgoing(), SILENT)
  const fields = { ...WHICH, attempt: 1, why: 'nobody answers', nextTry: expect.any(String) }
  expect(lines()).toEqual([['command.unreachable', fields]])
})

test('P14 P15 a send of a command that is not owed any more is logged without a next one', async () => {
  const { verdict, outgoing, lines } = world({ debt: { attempts: 7 } })
  await verdict.concluded(outgoing(), SILENT)
  expect(lines()).toEqual([['command.unreachable', { ...WHICH, attempt: 1, why: 'nobody answers' }]])
})

test('P15 a trouble that all commands of a channel share is logged once, each kind for itself, and so is its end', async () => {
  const { verdict, outgoing, runtime, lines } = world()
  const infos = () => runtime.logged.filter(({ level }) => level !== 'debug').map(({ code }) => code)
  for (const sent of [BUSY, BUSY, WORDS, SILENT, SILENT]) await verdict.concluded(outgoing(), sent)
  expect(infos()).toEqual(['command.rejected', 'command.rejected', 'command.unreachable'])
  await verdict.concluded(outgoing({ attempts: 2 }), DELIVERED)
  await runtime.advance(QUIET)
  expect(infos().slice(3)).toEqual(['command.delivered', 'command.delivered', 'command.delivered'])
  expect(lines().at(-1)?.[1]).toMatchObject({ ...WHICH, attempt: 3 })
})

test('P15 a repeat that the participant refuses because it has acted is logged as settled', async () => {
  const { verdict, outgoing, lines } = world({ retry: { attempts: 9 } })
  await verdict.concluded(outgoing({ isRetry: true }), { kind: 'rejected', status: 410, retryable: false })
  expect(lines()).toEqual([['command.settled', { ...WHICH, why: 'status 410' }]])
})

test('P5 a side effect that fails is logged once for each kind, and so is its end; it is not owed', async () => {
  const { verdict, outgoing, runtime, entries, delivered } = world()
  const effect = outgoing({ kind: 'side-effect' })
  const infos = () => runtime.logged.filter(({ level }) => level !== 'debug')
  const timedOut = (ms: number): Sent => ({ kind: 'unreachable', why: `no answer within ${ms} ms` })
  for (const sent of [BUSY, WORDS, BUSY, timedOut(11), timedOut(12)]) await verdict.concluded(effect, sent)
  expect(infos().map(({ code, fields }) => [code, fields])).toEqual(
    ['status 503', 'status 500', 'no answer within 11 ms'].map((why) => {
      return ['side-effect.rejected', { command: 's1/0/0', channel: 'bank', why }]
    }),
  )
  await verdict.concluded(effect, DELIVERED)
  await runtime.advance(QUIET)
  expect(infos().at(-1)).toMatchObject({ code: 'side-effect.delivered', fields: { channel: 'bank' } })
  expect([entries, delivered]).toEqual([[], []])
})
