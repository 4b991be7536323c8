const UNITS: readonly (readonly [milliseconds: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
  [1, 'ms'],
]

/** Milliseconds for people, in at most two units: `15 min`, `3 d 12 h`, `0.5 s`. */
export function readableDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds / 1_000} s`
  const parts: string[] = []
  let rest = milliseconds
  for (const [unit, name] of UNITS) {
    const count = Math.floor(rest / unit)
    rest -= count * unit
    if (count > 0) parts.push(`${count} ${name}`)
  }
  return parts.slice(0, 2).join(' ')
}
