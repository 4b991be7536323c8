/** Units from the largest, in milliseconds. */
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** Milliseconds for people, such as `840 ms`, `12.3 s`, `15 min 2 s`, `3 d 2 h`. */
export function durationText(ms: number): string {
  const rounded = Math.round(ms)
  if (rounded < 1_000) return `${rounded} ms`
  if (rounded < 60_000) return `${Number((rounded / 1_000).toFixed(1))} s`
  const seconds = Math.round(rounded / 1_000) * 1_000
  const at = UNITS.findIndex(([, length]) => seconds >= length)
  const [[unit, length], [smaller, part]] = [UNITS[at] ?? UNITS[3], UNITS[at + 1] ?? UNITS[3]]
  const rest = Math.floor((seconds % length) / part)
  return rest === 0
    ? `${Math.floor(seconds / length)} ${unit}`
    : `${Math.floor(seconds / length)} ${unit} ${rest} ${smaller}`
}
