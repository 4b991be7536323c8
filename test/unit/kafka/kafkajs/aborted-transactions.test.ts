import { expect, test } from 'vitest'
import { hideAborted } from '../../../../adapters/channel/kafka/kafkajs/aborted-transactions.ts'
import type {
  FetchedRecord,
  AbortedTransaction,
} from '../../../../adapters/channel/kafka/kafkajs/aborted-transactions.ts'

const record = (offset: number | string, producerId: string, more: Partial<FetchedRecord> = {}): FetchedRecord => ({
  offset: String(offset),
  key: Buffer.from('saga'),
  isControlRecord: false,
  batchContext: { producerId, inTransaction: true },
  ...more,
})
const marker = (offset: number | string, producerId: string, type: 0 | 1): FetchedRecord =>
  record(offset, producerId, { key: Buffer.from([0, 0, 0, type]), isControlRecord: true })
const plain = (offset: number): FetchedRecord =>
  record(offset, '-1', { batchContext: { producerId: '-1', inTransaction: false } })

/** Offsets of the records that a reader gets. */
function shown(messages: FetchedRecord[], abortedTransactions: AbortedTransaction[]): string[] {
  hideAborted({ responses: [{ partitions: [{ abortedTransactions, messages }] }] })
  return messages.filter(({ isControlRecord }) => isControlRecord !== true).map(({ offset }) => offset)
}
const begun = (firstOffset: number | string, producerId: string): AbortedTransaction => ({
  firstOffset: String(firstOffset),
  producerId,
})

test('records of two aborted transactions in which a fetch begins are hidden, in any order', () => {
  const records = [
    record(100, 'B'),
    record(101, 'A'),
    plain(102),
    record(103, 'B'),
    marker(104, 'A', 0),
    marker(105, 'B', 0),
  ]
  expect(shown(records, [begun(60, 'B'), begun(50, 'A')])).toEqual(['102'])
})

test('later records of the same producer are shown, until it aborts again', () => {
  const first = [record(10, 'A'), marker(11, 'A', 0), record(12, 'A'), marker(13, 'A', 1)]
  const second = [record('9007199254740993', 'A'), marker('9007199254740995', 'A', 0)]
  expect(shown([...first, ...second], [begun(10, 'A'), begun('9007199254740992', 'A')])).toEqual(['12'])
})

test('a commit of another producer ends no transaction, nor does a record whose key looks like an abort', () => {
  const lookalike = record(11, 'A', { key: Buffer.alloc(4) })
  expect(
    shown([record(10, 'A'), lookalike, record(12, 'B'), marker(13, 'B', 1), record(14, 'A')], [begun(10, 'A')]),
  ).toEqual(['12'])
})

test('records outside of a transaction are shown, and all records where none was aborted', () => {
  const beside = record(11, 'A', { batchContext: { producerId: 'A', inTransaction: false } })
  expect(shown([record(10, 'A'), beside], [begun(10, 'A')])).toEqual(['11'])
  expect(shown([record(10, 'A'), marker(11, 'A', 1)], [])).toEqual(['10'])
})
