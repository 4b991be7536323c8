import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { docPictures } from '../../scripts/doc-pictures.ts'
import { ROOT } from './tools.ts'

test.each([...(await docPictures())])('%s is what `npm run docs:pictures` draws', (path, svg) => {
  expect(readFileSync(join(ROOT, path), 'utf8')).toBe(svg)
})
