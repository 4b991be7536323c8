const FORM = new Intl.NumberFormat('en')

/** A number with separators: `45,120`. */
export function numberText(value: number): string {
  return FORM.format(value)
}

/** A number with its noun: `1 command`, `2 commands`. */
export function counted(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`
}
