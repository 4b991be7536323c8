/** Characters of a reason that are kept: the hook of a user may throw a text of any length. */
const LONGEST = 300

/** The reason of a value that a user's function threw, on one line. It never throws, whatever the value is. */
export function reasonThrown(thrown: unknown): string {
  try {
    const said: unknown = thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
    const line = String(said).replaceAll(/\s+/g, ' ')
    return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
  } catch {
    return 'a value without text was thrown'
  }
}
