import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lintText } from '../../scripts/walls/lint.ts'
import { ADAPTERS, CORE, OPEN } from '../../scripts/walls/rooms.ts'
import { ROOT } from './tools.ts'

describe('the lint of the walls', () => {
  test('.oxlintrc.json is what `npm run walls` makes of the table of rooms', () => {
    expect(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8')).toBe(lintText())
  })

  test.each([...CORE, ...ADAPTERS, ...OPEN].map(({ room }) => [room]))('the room %s exists', (room) => {
    expect(['', '.ts'].some((end) => existsSync(join(ROOT, room + end)))).toBe(true)
  })
})
