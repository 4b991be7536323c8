import { X509Certificate } from 'node:crypto'
import { BatutaError, reasonOf } from '../src/errors.ts'
import type { Fetch, Runtime } from '../src/ports/runtime.ts'

/** The way out to one host: with `ssl` it trusts these authorities too. Where the host cannot, `attach` has refused them. */
export function trustingFetch(
  { fetch, trusting }: Pick<Runtime, 'fetch' | 'trusting'>,
  ssl: { readonly ca: readonly { reveal(): string }[] } | undefined,
): Fetch {
  if (ssl === undefined || trusting === undefined) return fetch
  try {
    const ca = ssl.ca.map((one) => one.reveal())
    ca.forEach(refuseDamaged)
    return trusting(ca)
  } catch (thrown) {
    throw new BatutaError('configuration-invalid', `trust the authorities of "ssl.ca": ${reasonOf(thrown)}`, thrown)
  }
}

/** Node passes over a damaged certificate, and Bun then sends nothing and asks for a typo in the URL. */
function refuseDamaged(pem: string): void {
  const [, ...blocks] = pem.split(BEGIN)
  for (const block of blocks) new X509Certificate(BEGIN + block)
}

const BEGIN = '-----BEGIN CERTIFICATE-----'
