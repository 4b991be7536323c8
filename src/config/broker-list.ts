/** Brokers of a text, which may be several. */
export function split(brokers: string): readonly string[] {
  const addresses = brokers.split(',').map((address) => address.trim())
  return addresses.filter((address) => address !== '')
}
