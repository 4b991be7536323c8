import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { makeFolder, makeFolderOf } from '../../../workers/make-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'batuta-folder-'))
afterAll(() => rmSync(root, { recursive: true }))

writeFileSync(join(root, 'file'), '')
symlinkSync(join(root, 'nowhere'), join(root, 'dangling'))
symlinkSync('loop', join(root, 'loop'))
symlinkSync(root, join(root, 'link'))

describe('the folder of a store', () => {
  test('C1.3 is made with the folders above it, for its owner alone, by several calls at once', async () => {
    const path = join(root, 'link/a/b/c')
    await Promise.all([makeFolder(path, 'DATA_PATH'), makeFolder(path, 'DATA_PATH'), makeFolderOf(`${path}/x`, 'path')])
    expect(statSync(join(root, 'a/b/c')).mode & 0o777).toBe(0o700)
    await makeFolder(path, 'DATA_PATH')
  })

  test.each([
    ['below /proc', '/proc/batuta/data', 'ENOENT'],
    ['a device', '/dev/null', 'is no folder'],
    ['below a device', '/dev/null/a', 'something above "/dev/null/a" is no folder'],
    ['a file', join(root, 'file'), 'is no folder'],
    ['below a file', join(root, 'file/a/b'), 'something above'],
    ['a link to nothing', join(root, 'dangling'), 'is a symbolic link to nothing'],
    ['below a link to nothing', join(root, 'dangling/a'), 'is a symbolic link to nothing'],
    ['a link to itself', join(root, 'loop'), 'ELOOP'],
    ['too long', join(root, 'x'.repeat(300)), 'ENAMETOOLONG'],
    ['with NUL', join(root, 'a\u0000b'), 'null bytes'],
  ])('C1.2 that is %s is told by its name', async (_, path, why) => {
    await expect(makeFolder(path, 'DATA_PATH')).rejects.toMatchObject({
      code: 'configuration-invalid',
      message: expect.stringMatching(
        /^open the store: DATA_PATH: found .*expected a folder that is there or can be made$/,
      ),
    })
    await expect(makeFolder(path, 'DATA_PATH')).rejects.toThrow(why)
  })
})
