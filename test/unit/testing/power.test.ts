import { describe, expect, test } from 'vitest'
import { Disk } from '../../../testing/power/disk.ts'
import { powerLosses } from '../../../testing/power/power-losses.ts'
import { writtenBytes } from '../../../testing/power/written-bytes.ts'

const PATH = '/data/batuta.sqlite-wal'
const bytesOf = (text: string) => Buffer.from(text)
const textOf = (disk: Disk, random: () => number) => {
  const content = disk.afterPowerLoss(random).get(PATH)
  return content && Buffer.from(content).toString()
}
/** All changes without a sync are lost, and all are kept. */
const [LOST, KEPT] = [() => 0, () => 0.99]

describe('a disk without power', () => {
  test('keeps what was synced, and of the rest anything between nothing and all', () => {
    const disk = new Disk()
    disk.write(PATH, { offset: 0, bytes: bytesOf('synced') })
    disk.sync(PATH)()
    disk.write(PATH, { offset: 6, bytes: bytesOf(' and not') })
    expect(disk.pending).toBe(1)
    expect([textOf(disk, LOST), textOf(disk, KEPT)]).toEqual(['synced', 'synced and not'])
  })

  test('a sync covers what was written before it began, and only when it has ended', () => {
    const disk = new Disk()
    disk.write(PATH, { offset: 0, bytes: bytesOf('before') })
    const ended = disk.sync(PATH)
    disk.write(PATH, { offset: 6, bytes: bytesOf('after') })
    expect(textOf(disk, LOST)).toBe('')
    ended()
    expect(textOf(disk, LOST)).toBe('before')
  })

  test('a write that is lost may be there in some of its sectors', () => {
    const disk = new Disk()
    disk.write(PATH, { offset: 0, bytes: Buffer.alloc(1_536, 'a') })
    disk.sync(PATH)()
    disk.write(PATH, { offset: 256, bytes: Buffer.alloc(1_024, 'b') })
    // A fifth is kept; the write is lost, it is torn, and its first and last parts are there.
    const drawn = [0.3, 0.9, 0.1, 0.1, 0.9, 0.1]
    const found = textOf(disk, () => drawn.shift() ?? 0.9)
    expect(found).toBe(['a'.repeat(256), 'b'.repeat(256), 'a'.repeat(512), 'b'.repeat(256), 'a'.repeat(256)].join(''))
  })

  test('a size and a removal need a sync too', () => {
    const disk = new Disk()
    disk.write(PATH, { offset: 0, bytes: bytesOf('whole') })
    disk.sync(PATH)()
    disk.truncate(PATH, 2)
    expect([textOf(disk, LOST), textOf(disk, KEPT)]).toEqual(['whole', 'wh'])
    disk.remove(PATH)
    expect([textOf(disk, LOST), textOf(disk, KEPT)]).toEqual(['whole', undefined])
    disk.syncFolder()
    expect(textOf(disk, LOST)).toBeUndefined()
  })
})

describe('a write in the output of strace', () => {
  test('has its bytes, whatever they are', () => {
    const { offset, bytes } = writtenBytes('"\\0\\17\\n\\"\\\\\\377x\\0012", 9, 4152) = 9')
    expect([offset, [...bytes]]).toEqual([4_152, [0, 15, 10, 34, 92, 255, 120, 1, 50]])
  })

  test('is refused where strace has cut it', () => {
    expect(() => writtenBytes('"abc"..., 4096, 0) = 4096')).toThrow(/found 3 bytes.*expected 4096/)
  })
})

const ID = '01a20a5f-a79f-7584-93ba-3dacafbf4e96'
const write = (path: string, text: string, offset = 0) =>
  `7  pwrite64(24<${path}>, "${text}", ${text.length}, ${offset}) = ${text.length}`
const sync = `7  fdatasync(24<${PATH}>) = 0`
const answer = `7  write(28<socket:[1]>, "HTTP/1.1 200 OK\\r\\n\\r\\n{\\"sagaId\\":\\"${ID}\\"}", 40) = 40`
/** With `LOST` at the first instant, with `KEPT` at the last one. */
const lossOf = (lines: readonly string[], random: () => number) => {
  const [loss] = powerLosses(lines, { store: '/data/batuta.sqlite', count: 1, random })
  const files = [...(loss?.files ?? [])].map(([name, content]) => `${name}: ${Buffer.from(content).toString()}`)
  return { files, created: [...(loss?.created ?? [])] }
}

describe('I1 power losses of a traced service', () => {
  test('show what was synced and acknowledged by then', () => {
    const lines = [write(PATH, ID), sync, answer, write(PATH, '+more', ID.length), '', '']
    expect(lossOf(lines, LOST)).toEqual({ files: ['batuta.sqlite-wal: '], created: [] })
    expect(lossOf(lines, KEPT)).toEqual({ files: [`batuta.sqlite-wal: ${ID}+more`], created: [ID] })
  })

  test('leave out the index and the lock, and refuse a call that they cannot follow', () => {
    const lines = [
      write('/data/batuta.sqlite-shm', 'index'),
      write('/data/batuta.sqlite-lock', 'lock'),
      write(PATH, 'x'),
    ]
    expect(lossOf([...lines, '', '', ''], KEPT).files).toEqual(['batuta.sqlite-wal: x'])
    const unknown = `7  write(24<${PATH}>, "x", 1) = 1`
    expect(() => lossOf([write(PATH, 'x'), unknown, '', ''], KEPT)).toThrow(/expected pwrite64 or ftruncate/)
  })
})
