/** A JSON object of a flag, and its text: the text is sent, so that no digit of a long number is lost. */
export interface JsonFlag {
  readonly text: string
  readonly value: Readonly<Record<string, unknown>>
}

/** Reads the JSON object of a flag; throws with the name of the flag where it is none. */
export function jsonFlag(name: string): (text: string) => JsonFlag {
  return (text) => {
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return { text, value: value as JsonFlag['value'] }
    } catch {
      // said below
    }
    throw new Error(`read --${name}: found ${JSON.stringify(text.slice(0, 100))}, expected a JSON object`)
  }
}
