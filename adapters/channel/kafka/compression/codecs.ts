import { promisify } from 'node:util'
import { gunzip, zstdDecompress } from 'node:zlib'
import { reasonOf } from '../../../../src/errors.ts'
import { unpackLz4 } from './lz4.ts'
import { RecordsUnreadable } from './records-unreadable.ts'
import { unpackSnappy } from './snappy.ts'

/** Bytes that the records of one batch may unpack to. Brokers take at most some MiB, packed. */
const LARGEST_BATCH = 256 * 1024 * 1024

/** The half of kafkajs's codecs that reading needs: commands are not compressed. */
export interface Codec {
  /** Rejects with `RecordsUnreadable`. */
  readonly decompress: (packed: Buffer) => Promise<Buffer>
}

/** A codec for each compression type of Kafka. */
export type Codecs = Readonly<Record<'gzip' | 'snappy' | 'lz4' | 'zstd', Codec>>

/** Codecs that unpack at most `largest` bytes of one batch. kafkajs's own gzip has no bound. */
export function codecsUpTo(largest: number): Codecs {
  const bound = { maxOutputLength: largest }
  return {
    gzip: codec('gzip', async (packed) => await promisify(gunzip)(packed, bound)),
    snappy: codec('snappy', async (packed) => unpackSnappy(packed, largest)),
    lz4: codec('lz4', async (packed) => unpackLz4(packed, largest)),
    zstd: codec('zstd', async (packed) => await promisify(zstdDecompress)(packed, bound)),
  }
}

/** Codecs for batches of at most 256 MiB unpacked. */
export const codecs: Codecs = codecsUpTo(LARGEST_BATCH)

function codec(name: string, unpack: (packed: Buffer) => Promise<Buffer>): Codec {
  return {
    decompress: async (packed) => {
      try {
        return await unpack(packed)
      } catch (thrown) {
        // Without a cause: the root cause of what kafkajs throws must be this error.
        throw new RecordsUnreadable(`a batch in ${name} cannot be unpacked: ${reasonOf(thrown)}`)
      }
    },
  }
}
