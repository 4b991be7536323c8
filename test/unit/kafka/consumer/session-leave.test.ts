import { describe, expect, test } from 'vitest'
import { BatutaError } from '../../../../src/errors.ts'
import { fakeBatch, records } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { stage, told } from './session-stage.ts'

describe('a membership ended by the watchdog', () => {
  test('I1 commits what it has settled by then, and begins no other record: it may only have been slow', async () => {
    const { member, session, intake } = stage({ permits: 1 })
    const ended = session.run().catch((thrown: unknown) => thrown)
    member.join({ orders: [0] })
    const reading = member.options.onBatch(fakeBatch(records('a', 'b', 'c')))
    const close = member.close
    member.close = () => reading.then(close) // the library waits for its batches
    await settle()
    intake.answer(0)
    await settle()
    session.break(new BatutaError('broker-unreachable', 'no progress'))
    expect(await ended).toMatchObject({ message: 'no progress' })
    const dropping = session.drop()
    await settle()
    intake.answer(1)
    await dropping
    expect(intake.begun).toEqual(['0', '1'])
    expect(told(member, 'commit', 'close', 'destroy')).toEqual(['commit orders/0/2', 'close', 'destroy'])
  })

  test('is abandoned after 6 s where it hangs', async () => {
    const { member, session, runtime } = stage()
    member.close = () => new Promise(() => undefined)
    session.break(new BatutaError('broker-unreachable', 'no progress'))
    let isOver = false
    void session.drop().then(() => (isOver = true))
    await runtime.advance(5_999)
    expect(isOver).toBe(false)
    await runtime.advance(1)
    expect([isOver, member.told]).toEqual([true, ['destroy']])
  })
})

describe('leaving', () => {
  test('waits for records in flight, begins no other one, commits, and then leaves', async () => {
    const { member, session, intake, state } = stage({ permits: 1 })
    member.join({ orders: [0] })
    const batch = fakeBatch(records('a', 'b', 'c'))
    const reading = member.options.onBatch(batch)
    const close = member.close
    member.close = () => reading.then(close) // the library waits for its batches
    await settle()
    const leaving = session.leave()
    await settle()
    intake.answer(0)
    await leaving
    expect(intake.begun).toEqual(['0'])
    expect(told(member, 'commit', 'close', 'destroy')).toEqual(['commit orders/0/1', 'close', 'destroy'])
    await session.run()
    expect(state.joined).toBe(1)
  })

  test('waits for the commit of settled records', async () => {
    const { member, session, intake } = stage()
    const committed = Promise.withResolvers<'committed'>()
    member.commit = () => committed.promise
    member.join({ orders: [0] })
    let isDone = false
    const reading = member.options.onBatch(fakeBatch(records('a')))
    void reading.then(() => (isDone = true))
    await settle()
    void session.leave()
    intake.answer(0)
    await settle()
    expect(isDone).toBe(false)
    committed.resolve('committed')
    await reading
  })

  // Only batches wait for their commits. A commit that failed just now, or is in flight without a batch, would be lost
  // with the member, and its records would be read again.
  test('waits for a commit that is to be retried', async () => {
    const { member, session, intake } = stage()
    intake.always({ kind: 'settled' })
    member.join({ orders: [0] })
    const commit = member.commit
    member.commit = () => Promise.reject(new BatutaError('broker-unreachable', 'no coordinator'))
    await member.options.onBatch(fakeBatch(records('a')))
    await settle()
    member.commit = commit
    await session.leave()
    expect(told(member, 'commit', 'close')).toEqual(['commit orders/0/1', 'close'])
  })

  test('waits 20 s at most', async () => {
    const { member, session, runtime } = stage()
    member.close = () => new Promise(() => undefined)
    let isLeft = false
    void session.leave().then(() => (isLeft = true))
    await runtime.advance(19_900)
    expect([isLeft, told(member, 'destroy')]).toEqual([false, []])
    await runtime.advance(200)
    expect([isLeft, told(member, 'destroy')]).toEqual([true, ['destroy']])
  })
})

describe('a dropped membership', () => {
  test('takes no more batches, commits nothing and joins no more', async () => {
    const { member, session, intake, state, liveness } = stage()
    member.join({ orders: [0] })
    const batch = fakeBatch(records('a'))
    const reading = member.options.onBatch(batch)
    await settle()
    await session.drop()
    await expect(member.options.onBatch(fakeBatch(records('b')))).rejects.toMatchObject({ code: 'broker-unreachable' })
    intake.answer(0)
    await reading
    liveness.broken('it has crashed')
    member.join({ orders: [0] })
    member.options.onSkipped({ topic: 'orders', partition: 0, offset: '8' })
    await settle()
    expect([batch.resolved, told(member, 'commit'), state.joined, liveness.isJoined]).toEqual([[], [], 1, false])
    expect(intake.begun).toEqual(['0'])
  })

  test('is left within 2 s', async () => {
    const { member, session, runtime } = stage()
    member.close = () => new Promise(() => undefined)
    void session.drop()
    await runtime.advance(2_100)
    expect(told(member, 'destroy')).toEqual(['destroy'])
  })

  test('ends with the reason of its end', async () => {
    const { session } = stage()
    session.break(new BatutaError('broker-unreachable', 'no word from the group'))
    await expect(session.run()).rejects.toThrow('no word from the group')
  })
})
