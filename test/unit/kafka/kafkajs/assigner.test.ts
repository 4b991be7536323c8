import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assign } from '../../../../adapters/channel/kafka/kafkajs/assigner.ts'

const TOPICS = ['a', 'b', 'c', 'd']
const plain = (assigned: ReturnType<typeof assign>) =>
  Object.fromEntries([...assigned].map(([id, own]) => [id, Object.fromEntries(own)]))
const upTo = (count: number) => Array.from({ length: count }, (_, partition) => partition)

const groups = fc.record({
  members: fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1, maxLength: 4 }), topics: fc.subarray(TOPICS) }), {
    selector: ({ id }) => id,
    minLength: 1,
    maxLength: 6,
  }),
  counts: fc.dictionary(fc.constantFrom(...TOPICS), fc.integer({ min: 0, max: 9 })),
})

test('C4.6 each partition of a topic goes to exactly one member that has subscribed to it', () => {
  fc.assert(
    fc.property(groups, ({ members, counts }) => {
      const assigned = assign(members, (topic) => upTo(counts[topic] ?? 0))
      expect([...assigned.keys()].toSorted()).toEqual(members.map(({ id }) => id).toSorted())
      const all = [...assigned].flatMap(([id, own]) =>
        [...own].flatMap(([topic, partitions]) => partitions.map((partition) => ({ id, topic, partition }))),
      )
      for (const { id, topic } of all) expect(members.find((one) => one.id === id)?.topics).toContain(topic)
      const wanted = TOPICS.filter((topic) => members.some((one) => one.topics.includes(topic)))
      const expected = wanted.flatMap((topic) => upTo(counts[topic] ?? 0).map((partition) => `${topic}/${partition}`))
      expect(all.map(({ topic, partition }) => `${topic}/${partition}`).toSorted()).toEqual(expected.toSorted())
    }),
  )
})

test('every leader assigns the same partitions, whatever the order of the members', () => {
  fc.assert(
    fc.property(groups, fc.infiniteStream(fc.nat()), ({ members, counts }, chance) => {
      const partitions = (topic: string) => upTo(counts[topic] ?? 0)
      const shuffled = members
        .map((member) => ({ member, at: chance.next().value ?? 0 }))
        .toSorted((one, other) => one.at - other.at)
        .map(({ member }) => ({ ...member, topics: member.topics.toReversed() }))
      expect(plain(assign(shuffled, partitions))).toEqual(plain(assign(members, partitions)))
    }),
  )
})

test('members without a common topic get the partitions of their own topics', () => {
  const members = [
    { id: 'flow-1', topics: ['orders'] },
    { id: 'flow-2', topics: ['payments'] },
  ]
  expect(plain(assign(members, () => [0, 1]))).toEqual({ 'flow-1': { orders: [0, 1] }, 'flow-2': { payments: [0, 1] } })
})

test('topics with one partition each are spread over the members', () => {
  const members = ['m1', 'm2'].map((id) => ({ id, topics: ['a', 'b'] }))
  expect(plain(assign(members, () => [0]))).toEqual({ m1: { a: [0] }, m2: { b: [0] } })
})

test('the numbers of partitions of members of the same topics differ by one at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.array(fc.nat(9), { maxLength: 4 }), (count, sizes) => {
      const topics = sizes.map((_, index) => TOPICS[index] ?? '')
      const members = upTo(count).map((number) => ({ id: `m${number}`, topics }))
      const assigned = assign(members, (topic) => upTo(sizes[TOPICS.indexOf(topic)] ?? 0))
      const shares = [...assigned.values()].map((own) => [...own.values()].flat().length)
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
    }),
  )
})

test('a member without partitions gets an empty assignment', () => {
  const members = ['m1', 'm2'].map((id) => ({ id, topics: ['a'] }))
  expect(plain(assign(members, () => [0]))).toEqual({ m1: { a: [0] }, m2: {} })
})
