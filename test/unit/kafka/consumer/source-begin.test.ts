import { describe, expect, test } from 'vitest'
import { BatutaError } from '../../../../src/errors.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { told } from './session-stage.ts'
import { stage } from './source-stage.ts'
import { fakeBatch, record } from '../../../fakes/kafka.ts'
import type { FakeMember } from '../../../fakes/kafka.ts'

const AWAY = new BatutaError('broker-unreachable', 'the line broke')

/** A running source for a topic of two partitions with the records 3 to 8. */
async function begun(more: { readonly committed?: string; readonly fromBeginning?: boolean } = {}) {
  const { committed, fromBeginning = false } = more
  const made = stage({ fromBeginning })
  made.driver.ranges = [0, 1].map((partition) => ({ topic: 'orders', partition, offset: '9', start: '3' }))
  made.driver.committed = committed === undefined ? [] : [{ topic: 'orders', partition: 0, offset: committed }]
  made.run()
  await settle()
  const member = (): FakeMember => made.driver.members.at(-1) as FakeMember
  const progress = () => told(member(), 'seek', 'commit')
  return { ...made, member, progress }
}

describe('C2.5a fromBeginning: false', () => {
  test('I1 commits the ends before it reads: records that come meanwhile would be skipped at the next start', async () => {
    const { member, progress } = await begun()
    member().join({ orders: [0, 1] })
    await settle()
    expect(progress().toSorted()).toEqual([
      'commit orders/0/9',
      'commit orders/1/9',
      'seek orders/0/9',
      'seek orders/1/9',
    ])
  })

  test('I1 does so once: the next generation, or membership, goes on from the committed offsets', async () => {
    const { runtime, member, progress } = await begun()
    member().join({ orders: [0] })
    await settle()
    member().join({ orders: [0, 1] })
    await settle()
    expect(progress()).toHaveLength(2)
    member().crash(AWAY)
    await runtime.advance(500)
    member().join({ orders: [0, 1] })
    await settle()
    expect(progress()).toEqual([])
  })

  test('I1 reads a partition that was added later from its oldest record', async () => {
    const { member, progress } = await begun({ committed: '5' })
    member().join({ orders: [0, 1] })
    await settle()
    expect(progress()).toEqual([])
  })

  test('asks again where the brokers do not answer yet', async () => {
    const made = stage({ fromBeginning: false })
    made.driver.trouble = () => Promise.reject(AWAY)
    made.run()
    await made.runtime.advance(1_400)
    expect(made.driver.members).toHaveLength(0)
    const away = made.runtime.logged.filter(({ code }) => code === 'kafka.brokers-away')
    expect(away.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { channel: 'orders', why: 'the line broke' }],
      ['debug', { channel: 'orders', why: 'the line broke' }],
      ['debug', { channel: 'orders', why: 'the line broke' }],
    ])
    made.driver.trouble = undefined
    await made.runtime.advance(200)
    expect(made.driver.members).toHaveLength(1)
  })
})

test('C2.5a fromBeginning: true commits nothing before it reads', async () => {
  const { member, progress } = await begun({ fromBeginning: true })
  member().join({ orders: [0, 1] })
  await settle()
  expect(progress()).toEqual([])
})

test('a fault that may pass does not end a source that has worked, even right after a rebalance', async () => {
  const { runtime, driver, intake, ends, member } = await begun()
  intake.always({ kind: 'settled' })
  member().join({ orders: [0] })
  await runtime.advance(10)
  await member().options.onBatch(fakeBatch([record('a', 9)]))
  member().join({ orders: [] })
  member().crash(new BatutaError('topic-missing', 'this server does not host this partition'))
  await runtime.advance(500)
  expect([driver.members.length, ends]).toEqual([2, []])
})
