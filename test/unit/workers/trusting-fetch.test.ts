import { getCACertificates } from 'node:tls'
import { expect, test, vi } from 'vitest'
import { trustingFetch } from '../../../workers/trusting-fetch.ts'

const [GOOD = '', OTHER = ''] = getCACertificates('bundled')
const DAMAGED = OTHER.replace('MII', 'MIJ')
const DIRECT = () => Promise.reject(new Error('not asked'))

function given(...ca: readonly string[]): { readonly ca: readonly { reveal(): string }[] } {
  return { ca: ca.map((pem) => ({ reveal: () => pem })) }
}

test('C2.5a the host receives the authorities unchanged', () => {
  const trusting = vi.fn(() => DIRECT)
  const commented = `# ours\n${GOOD.replaceAll('\n', '\r\n')}\n${OTHER}\n`
  trustingFetch({ fetch: DIRECT, trusting }, given(commented, OTHER))
  expect(trusting).toHaveBeenCalledExactlyOnceWith([commented, OTHER])
})

test.each([
  ['alone', [DAMAGED]],
  ['behind a good one in one text', [`${GOOD}\n${DAMAGED}`]],
  ['behind a good one in a text of its own', [GOOD, DAMAGED]],
])('C2.5a a damaged certificate is refused before its host is asked: %s', (_, pems) => {
  const trusting = vi.fn(() => DIRECT)
  expect(() => trustingFetch({ fetch: DIRECT, trusting }, given(...pems))).toThrow(
    /^trust the authorities of "ssl.ca": /,
  )
  expect(trusting).not.toHaveBeenCalled()
})
