/** What a broker has answered to a fetch, as far as we look at it. */
export interface Fetched {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[]
}

export interface FetchedPartition {
  /** Those that were aborted and have records among these. */
  abortedTransactions?: readonly Transaction[] | null
  readonly messages: readonly Raw[]
}

export interface Transaction {
  readonly producerId: string
  readonly firstOffset: string
}

export interface Raw {
  readonly offset: string
  readonly key: Buffer | null
  /** No reader is shown those. */
  isControlRecord?: boolean
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean }
}

const NONE: readonly Transaction[] = []
/** The key of the control record that ends a transaction by taking it back: version 0, type 0. */
const ABORT: Buffer = Buffer.alloc(4)

/**
 * Hides what aborted transactions have written. kafkajs learns of one such transaction with each record, so that in a fetch that
 * begins within several of them it takes a record of the second for one that counts.
 */
export function hideAborted({ responses }: Fetched): void {
  for (const { partitions } of responses) {
    for (const partition of partitions) {
      const { abortedTransactions: aborted, messages } = partition
      if (aborted === undefined || aborted === null || aborted.length === 0) continue
      hide(messages, aborted)
      partition.abortedTransactions = NONE
    }
  }
}

function hide(records: readonly Raw[], aborted: readonly Transaction[]): void {
  const ahead = aborted.toSorted((one, other) => Number(BigInt(one.firstOffset) - BigInt(other.firstOffset)))
  const open = new Set<string>()
  for (const record of records) {
    const { producerId = '', inTransaction = false } = record.batchContext ?? {}
    for (let next = ahead[0]; next !== undefined && hasBegun(next, record); next = ahead[0]) {
      open.add(next.producerId)
      ahead.shift()
    }
    if (record.isControlRecord !== true) record.isControlRecord = inTransaction && open.has(producerId)
    else if (record.key?.equals(ABORT) === true) open.delete(producerId)
  }
}

function hasBegun({ firstOffset }: Transaction, { offset }: Raw): boolean {
  return BigInt(firstOffset) <= BigInt(offset)
}
