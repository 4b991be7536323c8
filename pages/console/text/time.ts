const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** A duration in its two largest units: `4 m 12 s`, `38 ms`. */
export function durationText(milliseconds: number): string {
  const whole = Math.max(0, Math.round(milliseconds))
  const first = UNITS.findIndex(([, size]) => whole >= size)
  const [unit, size] = UNITS[first] ?? ['ms', 1]
  const count = Math.floor(whole / size)
  const next = UNITS[first + 1]
  if (first < 0) return `${whole} ms`
  if (next === undefined) return whole < 10_000 ? `${(Math.floor(whole / 100) / 10).toFixed(1)} s` : `${count} s`
  const rest = Math.floor((whole % size) / next[1])
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${next[0]}`
}

/** The time of the day in milliseconds, with the day where it is another one than that of `now`. */
export function clockText(iso: string, now: number): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const two = (value: number) => String(value).padStart(2, '0')
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
  return at.toDateString() === new Date(now).toDateString()
    ? time
    : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`
}

/** A day and the time of it: `Thu 3 Dec 2026, 14:02:55`. */
export function dayText(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : `${DAY.format(at).replaceAll(',', '')}, ${at.toTimeString().slice(0, 8)}`
}

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
