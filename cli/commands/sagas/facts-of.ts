/** The details of an action, for people: `sent a, b; held c`. */
export function factsOf(details: object): string {
  const facts = Object.entries(details).map(
    ([name, value]: [string, unknown]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`,
  )
  return facts.join('; ')
}
