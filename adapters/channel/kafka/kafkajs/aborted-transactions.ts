/** The fields of a fetch response that are read here. */
export interface FetchResponse {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[]
}

/** The records of one partition in a fetch response. */
export interface FetchedPartition {
  /** Aborted transactions with records among `messages`. */
  abortedTransactions?: readonly AbortedTransaction[] | null
  readonly messages: readonly FetchedRecord[]
}

/** A transaction that was aborted, from its first record on. */
export interface AbortedTransaction {
  readonly producerId: string
  readonly firstOffset: string
}

/** A record as kafkajs has decoded it. */
export interface FetchedRecord {
  readonly offset: string
  readonly key: Buffer | null
  /** kafkajs hides control records from its users. */
  isControlRecord?: boolean
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean }
}

const NONE: readonly AbortedTransaction[] = []
/** Key of the control record that aborts a transaction: version 0, type 0. */
const ABORT: Buffer = Buffer.alloc(4)

/**
 * Marks records of aborted transactions as control records, which kafkajs hides. kafkajs itself starts at most one aborted transaction
 * per record, so a fetch that begins inside of several would show records of the second one.
 */
export function hideAborted({ responses }: FetchResponse): void {
  for (const { partitions } of responses) {
    for (const partition of partitions) {
      const { abortedTransactions: aborted, messages } = partition
      if (aborted === undefined || aborted === null || aborted.length === 0) continue
      hide(messages, aborted)
      partition.abortedTransactions = NONE
    }
  }
}

function hide(records: readonly FetchedRecord[], aborted: readonly AbortedTransaction[]): void {
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

function hasBegun({ firstOffset }: AbortedTransaction, { offset }: FetchedRecord): boolean {
  return BigInt(firstOffset) <= BigInt(offset)
}
