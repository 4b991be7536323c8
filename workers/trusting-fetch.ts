import { X509Certificate } from 'node:crypto'
import { BatutaError, reasonOf } from '../src/errors.ts'
import type { Fetch, Runtime } from '../src/ports/runtime.ts'

/**
 * A `fetch` that trusts the authorities of `ssl` besides the host's own. Throws `configuration-invalid` for a damaged certificate.
 * A host that cannot trust further authorities has refused `ssl` before (`attach.ts`).
 */
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

/** Throws at a damaged certificate: Node ignores it, and Bun's `fetch` then fails with a message about the URL. */
function refuseDamaged(pem: string): void {
  const [, ...blocks] = pem.split(BEGIN)
  for (const block of blocks) new X509Certificate(BEGIN + block)
}

const BEGIN = '-----BEGIN CERTIFICATE-----'
