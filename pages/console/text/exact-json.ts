/** A number of a JSON text whose digits a double cannot hold. */
export class Digits {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): unknown {
    const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown }
    return rawJSON === undefined ? Number(this.text) : rawJSON(this.text)
  }
}

type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown

const kept: Reviver = (_, value, context) =>
  typeof value === 'number' && context?.source !== undefined && isRounded(value, context.source)
    ? new Digits(context.source)
    : value

/** Parses JSON; integers beyond a double stay as their digits, in browsers that show the source of a value. */
export function exactJson(text: string): unknown {
  return JSON.parse(text, kept)
}

function isRounded(value: number, source: string): boolean {
  return !Number.isSafeInteger(value) && !/[.eE]/.test(source)
}
