import { describe, expect, it } from 'vitest'
import { problemsOf, withValue } from './files.ts'

/** Under a path of the complete file a value is written (`undefined`: the key goes), and one problem comes of it. */
export type Row = readonly [rule: string, path: string, value: unknown, found: string, expected: string]

export function brokenRules(section: string, rows: readonly Row[]): void {
  describe(`one rule of ${section} broken, one problem`, () => {
    it.each(rows)('%s', async (_, path, value, found, expected) => {
      const problems = await problemsOf(withValue(`${section}${path}`, value))
      expect(problems).toEqual([`${section}${path}: found ${found}, expected ${expected}`])
    })
  })
}

export const A_TEXT = 'a string that is not empty'
export const A_SECRET = 'a string, { "type": "file", "path": … } or { "type": "env", "name": … }'
export const A_SOURCE =
  'the source of an ES module, such as "export default ({ saga, messageLabel }) => ({ payload: saga.metadata })"'
export const A_HOST = 'a host without scheme, port or slash, such as "orders.internal"'
export const AN_ENDPOINT = 'host, host:port or host/base without scheme and final slash, such as "orders.internal"'
export const A_PORT = 'a port, 1 to 65535'
export const A_PATH = 'a path that begins with "/"'
export const A_PROTOCOL = '"http" or "https"'
export const A_METHOD = '"POST", "PUT" or "PATCH"'
export const HEADERS = 'an object of headers'

export function later(name: string, feature: string): string {
  return `no "${name}" yet: ${feature} come with a later version`
}
