import { promisify } from 'node:util'
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib'
import { reasonOf } from '../../../src/errors.ts'
import { packLz4, unpackLz4 } from './lz4.ts'
import { packSnappy, unpackSnappy } from './snappy.ts'
import { LARGEST_BATCH, RecordsUnreadable } from './unpack.ts'

type Change = (bytes: Buffer) => Promise<Buffer>

/** What kafkajs wants of a codec. Its encoder is known by the bytes that it holds. */
export interface Codec {
  readonly compress: (encoder: { readonly buffer: Buffer }) => Promise<Buffer>
  readonly decompress: Change
}

export type Codecs = Readonly<Record<'gzip' | 'snappy' | 'lz4' | 'zstd', Codec>>

/**
 * Codecs that unpack at most so many bytes of one batch, and throw RecordsUnreadable over it. gzip is among them, as that
 * of kafkajs has no such limit.
 */
export function codecsUpTo(largest: number): Codecs {
  const most = { maxOutputLength: largest }
  return {
    gzip: codec('gzip', promisify(gzip), async (packed) => await promisify(gunzip)(packed, most)),
    snappy: codec(
      'snappy',
      async (bytes) => packSnappy(bytes),
      async (packed) => unpackSnappy(packed, largest),
    ),
    lz4: codec(
      'lz4',
      async (bytes) => packLz4(bytes),
      async (packed) => unpackLz4(packed, largest),
    ),
    zstd: codec('zstd', promisify(zstdCompress), async (packed) => await promisify(zstdDecompress)(packed, most)),
  }
}

/** For batches as brokers take them. */
export const codecs: Codecs = codecsUpTo(LARGEST_BATCH)

function codec(name: string, pack: Change, unpack: Change): Codec {
  return {
    compress: async ({ buffer }) => await pack(buffer),
    decompress: async (packed) => {
      try {
        return await unpack(packed)
      } catch (thrown) {
        // No cause: whoever looks for the root of what kafkajs throws must come out here.
        throw new RecordsUnreadable(`a batch in ${name} cannot be unpacked: ${reasonOf(thrown)}`)
      }
    },
  }
}
