import { BatutaError, reasonOf } from '../src/errors.ts'
import type { Fetch, Runtime } from '../src/ports/runtime.ts'

/** The way out to one host: with `ssl` it trusts these authorities too. Where the host cannot, `attach` has refused them. */
export function wayOut(
  { fetch, trusting }: Pick<Runtime, 'fetch' | 'trusting'>,
  ssl: { readonly ca: readonly { reveal(): string }[] } | undefined,
): Fetch {
  if (ssl === undefined || trusting === undefined) return fetch
  try {
    return trusting(ssl.ca.map((one) => one.reveal()))
  } catch (thrown) {
    throw new BatutaError('configuration-invalid', `trust the authorities of "ssl.ca": ${reasonOf(thrown)}`, thrown)
  }
}
