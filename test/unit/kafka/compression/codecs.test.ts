import { randomBytes } from 'node:crypto'
import { constants, zstdCompressSync } from 'node:zlib'
import { compressionsAlgorithms } from '@platformatic/kafka'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Codec, type Codecs, codecs, codecsUpTo } from '../../../../adapters/channel/kafka/compression/codecs.ts'
import { xxh32 } from '../../../../adapters/channel/kafka/compression/xxh32.ts'
import { packers } from '../../../kafka/support/packers.ts'

const NAMES = ['gzip', 'snappy', 'lz4', 'zstd'] as const
type CodecName = keyof Codecs

/** Text with many matches, near and far, larger than a block of any format. */
const TEXT = Buffer.from(JSON.stringify(Array.from({ length: 60_000 }, (_, i) => ({ saga: i * 7919, label: 'ok' }))))
const SMALL = Buffer.from('the same, the same, the same, the same, and something else: 0123456789')

/** Packs with another client. */
const packedElsewhere = async (name: CodecName, bytes: Buffer) =>
  name === 'gzip' ? await packers.gzip(bytes) : compressionsAlgorithms[name].compressSync(bytes)

const refused = (codec: CodecName | Codec, packed: Buffer, why: RegExp | string) =>
  expect((typeof codec === 'string' ? codecs[codec] : codec).decompress(packed)).rejects.toMatchObject({
    name: 'RecordsUnreadable',
    retriable: false,
    message: expect.stringMatching(why),
  })

describe.each(NAMES)('%s', (name) => {
  test.each([0, 1, 15, 16, 60, 61, 32_768, 70_000, TEXT.length])('%i bytes are packed and unpacked', async (size) => {
    const bytes = TEXT.subarray(0, size)
    const packed = await packers[name](bytes)
    expect((await codecs[name].decompress(packed)).equals(bytes)).toBe(true)
  })

  test('a batch of another client is unpacked', async () => {
    const incompressible = randomBytes(300_000)
    for (const bytes of [TEXT, SMALL, incompressible, Buffer.alloc(1_000_000, 'a')]) {
      const packed = await packedElsewhere(name, bytes)
      expect((await codecs[name].decompress(packed)).equals(bytes)).toBe(true)
    }
  })

  test('any bytes packed by another client are unpacked', async () => {
    const bytes = fc.array(fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constant(SMALL)), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(bytes, async (parts) => {
        const whole = Buffer.concat(parts)
        const packed = await packedElsewhere(name, whole)
        expect((await codecs[name].decompress(packed)).equals(whole)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('every truncated batch is an error', async () => {
    const packed = await packedElsewhere(name, SMALL)
    for (let end = 0; end < packed.length; end++) await refused(name, packed.subarray(0, end), `a batch in ${name}`)
  })

  test('a batch with a changed byte is an error or other bytes, soon, and the next batch is unpacked', async () => {
    const packed = await packedElsewhere(name, TEXT.subarray(0, 2_000))
    for (let at = 0; at < packed.length; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        const broken = Buffer.from(packed)
        broken[at] = (broken[at] as number) ^ flip
        await codecsUpTo(1_000_000)
          [name].decompress(broken)
          .catch((error: unknown) => expect(error).toMatchObject({ name: 'RecordsUnreadable' }))
      }
    }
    expect(await codecs[name].decompress(packed)).toEqual(TEXT.subarray(0, 2_000))
  })

  test('random bytes are an error or bytes, soon', async () => {
    for (let run = 0; run < 500; run++) {
      await codecsUpTo(1_000_000)
        [name].decompress(randomBytes(100))
        .catch((error: unknown) => expect(error).toMatchObject({ name: 'RecordsUnreadable' }))
    }
  })

  test('a batch above the limit is an error, one at the limit is not', async () => {
    const bytes = Buffer.alloc(100_000, 'a')
    const packed = await packedElsewhere(name, bytes)
    await refused(codecsUpTo(99_999)[name], packed, /larger than 99999 bytes|more than 99999 bytes/)
    expect((await codecsUpTo(100_000)[name].decompress(packed)).equals(bytes)).toBe(true)
  })
})

describe('snappy', () => {
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
  const framed = (...blocks: Buffer[]) =>
    Buffer.concat([header, ...blocks.flatMap((block) => [sized(block.length), block])])
  const sized = (length: number) => Buffer.from([length >>> 24, length >>> 16, length >>> 8, length])

  test("several blocks in xerial's frames", async () => {
    const parts = [TEXT.subarray(0, 40_000), Buffer.alloc(0), SMALL]
    const blocks = await Promise.all(parts.map(async (part) => await packedElsewhere('snappy', part)))
    expect(await codecs.snappy.decompress(framed(...blocks))).toEqual(Buffer.concat(parts))
    await refused(codecsUpTo(40_000).snappy, framed(...blocks), 'more than')
  })

  test('a bare block, with each kind of element', async () => {
    const literal = [4 << 2, ...Buffer.from('abcde')]
    const near = [((5 - 4) << 2) | 1, 2]
    const far = [(4 << 2) | 2, 5, 0]
    const furthest = [(2 << 2) | 3, 1, 0, 0, 0]
    const long = [61 << 2, 69, 0, ...SMALL.subarray(0, 70)]
    const expected = `abcdededed${'ededed'.slice(1)}ddd`
    const packed = Buffer.from([18 + 70, ...literal, ...near, ...far, ...furthest, ...long])
    expect(String(await codecs.snappy.decompress(packed))).toBe(expected + String(SMALL.subarray(0, 70)))
  })

  test.each<[string, number[], RegExp]>([
    ['less than it says', [20, 0, 0x41], /says 20 bytes/],
    ['more than it says', [1, 1 << 2, 0x41, 0x42], /more bytes than it says/],
    ['a literal of almost 4 GiB', [10, 0xfc, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0, 0], /ends too early/],
    ['a repeat of what was not there', [8, 0, 0x41, (3 << 2) | 1, 2], /goes back 2 bytes/],
    ['a repeat from where it writes', [8, 0, 0x41, (3 << 2) | 1, 0], /goes back 0 bytes/],
    ['much more than so few bytes can be', [100, 0, 0x41], /says 100 bytes and has 3/],
    ['a size without an end', [255, 255, 255, 255, 255, 1], /more than five bytes/],
    ['a size of 4 GiB', [255, 255, 255, 255, 15, 0, 0x41], /more than 268435456 bytes/],
  ])('%s', async (_, bytes, why) => await refused('snappy', Buffer.from(bytes), why))

  test('a frame with a block longer than its rest', async () => {
    await refused('snappy', Buffer.concat([header, sized(0xffffffff), SMALL]), 'ends too early')
  })
})

describe('lz4', () => {
  const MAGIC = [0x04, 0x22, 0x4d, 0x18]
  const END = [0, 0, 0, 0]
  const word = (value: number) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]
  const sum = (bytes: readonly number[]) => word(xxh32(Buffer.from(bytes)))
  const stored = (bytes: readonly number[]) => [...word((bytes.length + 0x80000000) >>> 0), ...bytes]
  const begin = (flags: number, size: number[] = []) => {
    const descriptor = [0x40 | flags, 0x40, ...size]
    return [...MAGIC, ...descriptor, sum(descriptor)[1] as number]
  }
  const abc = [...Buffer.from('abc')]
  const read = async (...parts: number[][]) => String(await codecs.lz4.decompress(Buffer.from(parts.flat())))

  test('with and without the size and the checksums', async () => {
    const size = [3, 0, 0, 0, 0, 0, 0, 0]
    expect(await read(begin(0x20), stored(abc), END)).toBe('abc')
    expect(await read(begin(0x28, size), stored(abc), END)).toBe('abc')
    expect(await read(begin(0x30), stored(abc), sum(abc), END)).toBe('abc')
    expect(await read(begin(0x24), stored(abc), END, sum(abc))).toBe('abc')
    expect(await read(begin(0x3c, size), stored(abc), sum(abc), END, sum(abc))).toBe('abc')
  })

  test('matches into the block before, several frames, and a skippable frame', async () => {
    const repeat = [...word(5), 0x00, 3, 0, 0x10, 0x21]
    expect(await read(begin(0), stored(abc), repeat, END)).toBe('abcabca!')
    const skipped = [0x53, 0x2a, 0x4d, 0x18, ...word(2), 9, 9]
    expect(await read(begin(0x20), stored(abc), END, skipped, begin(0x20), stored(abc), END)).toBe('abcabc')
  })

  const wrong = (bytes: number[]) => bytes.map((byte) => byte ^ 1)
  test.each<[string, number[][], RegExp]>([
    ['another magic', [wrong(MAGIC), END], /no LZ4 frame/],
    ['a header with a wrong checksum', [wrong(begin(0x20).slice(4)), END].with(0, [...MAGIC, 0x60, 0x40, 0]), /header/],
    ['a version of the future', [[...MAGIC, 0x80, 0x40, 0]], /unknown version/],
    ['a dictionary', [[...MAGIC, 0x61, 0x40, 0, 0, 0, 0, 0]], /dictionary/],
    ['blocks of no known size', [[...MAGIC, 0x60, 0x30, 0]], /unknown size/],
    ['another size', [begin(0x28, [4, 0, 0, 0, 0, 0, 0, 0]), stored(abc), END], /says 4 bytes and unpacks to 3/],
    ['a wrong checksum of a block', [begin(0x30), stored(abc), wrong(sum(abc)), END], /block with a wrong checksum/],
    ['a wrong checksum of all', [begin(0x24), stored(abc), END, wrong(sum(abc))], /content with a wrong checksum/],
    ['a block longer than the rest', [begin(0x20), word(9), abc], /ends too early/],
    ['a block longer than blocks are', [begin(0x20), word(70_000), Array(70_000).fill(0)], /ends too early/],
    ['literals longer than the block', [begin(0x20), word(2), [0x50, 1], END], /ends too early/],
    ['a repeat of what was not there', [begin(0x20), word(4), [0x10, 1, 2, 0], END], /goes back 2 bytes/],
    ['a repeat without an end', [begin(0x20), word(8), [0x1f, 1, 1, 0, 255, 255, 255, 255], END], /./],
    ['a frame to skip that is longer than the rest', [[0x50, 0x2a, 0x4d, 0x18, 255, 255, 255, 255]], /ends too early/],
  ])('%s', async (_, parts, why) => await refused('lz4', Buffer.from(parts.flat()), why))

  test('a bomb, of one block and of many', async () => {
    const full = Array<number>(20_000).fill(255)
    const block = [0x1f, 1, 1, 0, ...full, 0, 0x00]
    await refused('lz4', Buffer.from([begin(0x20), word(block.length), block, END].flat()), /more bytes than it says/)
    const packed = Buffer.from(await packedElsewhere('lz4', Buffer.alloc(4_000_000)))
    const frames = Buffer.concat(Array(70).fill(packed))
    await refused('lz4', frames, /more than 268435456 bytes/)
  })

  test('its checksum', () => {
    const of = (text: string) => xxh32(Buffer.from(text))
    expect(of('')).toBe(0x02cc5d05)
    expect(of('abc')).toBe(0x32d153ff)
    expect(of('Nobody inspects the spammish repetition')).toBe(0xe2293b2f)
  })
})

describe('zstd', () => {
  test('with a checksum, and with a window larger than the usual one', async () => {
    const params = { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_windowLog]: 25 }
    const packed = zstdCompressSync(TEXT, { params })
    expect((await codecs.zstd.decompress(packed)).equals(TEXT)).toBe(true)
    packed[packed.length - 1] = (packed.at(-1) as number) ^ 1
    await refused('zstd', packed, 'a batch in zstd')
  })
})

test('a bomb of 300 MiB', async () => {
  const bomb = zstdCompressSync(Buffer.alloc(300 * 1024 * 1024))
  await refused('zstd', bomb, 'larger than 268435456 bytes')
})
