/** RFC 3339 `full-date`, with the days that a month has. */
export function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  return (
    Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= daysOf(Number(year), Number(month))
  )
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** RFC 3339 `full-time`: with an offset. */
export function isTime(text: string): boolean {
  return isTimeOfDay(text, true)
}

/** A time whose offset may be absent. */
export function isIsoTime(text: string): boolean {
  return isTimeOfDay(text, false)
}

/** RFC 3339 `date-time`. */
export function isDateTime(text: string): boolean {
  return isDate(text.slice(0, DATE)) && /^[Tt\s]$/.test(text.charAt(DATE)) && isTime(text.slice(DATE + 1))
}

/** A date and time whose offset may be absent. */
export function isIsoDateTime(text: string): boolean {
  return isDate(text.slice(0, DATE)) && /^[Tt\s]$/.test(text.charAt(DATE)) && isIsoTime(text.slice(DATE + 1))
}

/** RFC 3339, appendix A: `P1DT2H`. */
export function isDuration(text: string): boolean {
  if (/^P\d+W$/.test(text)) return true
  const [, years, months, days, time, hours, minutes, seconds] =
    /^P(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$/.exec(text) ?? []
  const date = [years, months, days]
  const clock = [hours, minutes, seconds]
  return hasNoGap(date) && hasNoGap(clock) && (time === undefined ? isAny(date) : isAny(clock))
}

/** Length of a full-date. */
const DATE = 10
const [MINUTE, DAY] = [60, 24 * 60]

function isTimeOfDay(text: string, needsOffset: boolean): boolean {
  const found = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?$/.exec(text)
  if (found === null) return false
  const [, hour, minute, second, sign, offsetHour = '0', offsetMinute = '0'] = found
  const hasOffset = sign !== undefined || /[Zz]$/.test(text)
  if (needsOffset && (!hasOffset || (sign !== undefined && !/:\d\d$/.test(text)))) return false
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)]
  if (hours > 23 || minutes > 59 || Number(offsetHour) > 23 || Number(offsetMinute) > 59) return false
  if (seconds < MINUTE) return true
  const offset = (sign === '-' ? -1 : 1) * (Number(offsetHour) * MINUTE + Number(offsetMinute))
  return seconds === MINUTE && (hours * MINUTE + minutes - offset + 2 * DAY) % DAY === DAY - 1 // a leap second ends a day of UTC
}

/** True if no absent part is between two present ones. */
function hasNoGap(parts: readonly (string | undefined)[]): boolean {
  const present = parts.map((part) => (part === undefined ? '-' : 'x')).join('')
  return !present.includes('x-x')
}

function isAny(parts: readonly (string | undefined)[]): boolean {
  return parts.some((part) => part !== undefined)
}
