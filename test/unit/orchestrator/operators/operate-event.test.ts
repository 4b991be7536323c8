import { describe, expect, test } from 'vitest'
import { pathProblems } from '../../../../testing/checker/path.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import { DEFINITION, openOperated, operate } from './operate-stage.ts'

describe('send-event', () => {
  test('I3 P25 it is a transition under the id of its operation, in one write with the record', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    const before = play.store.saves.length
    const sent = await operate(play, { kind: 'send-event', label: 'on', payload: { seat: 7 } }, 'key/e')
    expect(sent).toMatchObject({ kind: 'done', state: 'b', details: { event: 'on', from: 'a', to: 'b' } })
    expect(play.store.saves).toHaveLength(before + 1)
    const document = await play.store.document('s1')
    expect(document?.metadata).toEqual({ n: 0, seat: 7 })
    expect(document?.history.events.at(-1)).toMatchObject({ event: 'on', id: 'key/e' })
    expect(document?.history.events.at(-1)).not.toHaveProperty('operation')
    expect(document?.history.operations).toMatchObject([
      { id: 'key/e', action: 'send-event', reason: expect.any(String) },
    ])
    expect(document && pathProblems(DEFINITION, document)).toEqual([])
  })

  test('I4 P25 a repeat changes nothing more, and the same event from a participant is a duplicate', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    const action = { kind: 'send-event', label: 'on', payload: {} } as const
    await operate(play, action, 'key/e')
    expect(await operate(play, action, 'key/e')).toEqual({ kind: 'repeated', sagaId: 's1', state: 'b' })
    expect(await operate(play, { ...action, payload: { n: 1 } }, 'key/e')).toMatchObject({ kind: 'mismatch' })
    expect((await play.store.document('s1'))?.history.events).toHaveLength(2)
  })

  test('P10 P26 an event that the saga cannot take now is refused, and not parked', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    const late = { kind: 'send-event', label: 'late', payload: {} } as const
    const why = 'the saga is in "a", which expects "on", not "late"'
    expect(await operate(play, late)).toEqual({ kind: 'refused', sagaId: 's1', why })
    await operate(play, { kind: 'hold' })
    expect(await operate(play, { ...late, label: 'on' })).toMatchObject({ kind: 'refused', why: 'the saga is held' })
    const document = await play.store.document('s1')
    expect([document?.parked, document?.history.events.length]).toEqual([undefined, 1])
  })

  test('P5 the hooks of its state run, and its command and side effects are sent', async () => {
    const play = openOperated()
    play.channel.always(DELIVERED)
    await play.create()
    await operate(play, { kind: 'send-event', label: 'on', payload: {} }, 'key/1')
    await operate(play, { kind: 'send-event', label: 'on', payload: {} }, 'key/2')
    await play.settle()
    expect(play.channel.begun.at(-1)).toMatchObject({ id: 's1/2/0', body: '"made"' })
    expect(play.other.ids).toEqual(['s1/2/1'])
  })
})
