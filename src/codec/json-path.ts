/** Characters of a path that anybody is shown. */
const LONGEST = 300

/** Of an array the place of the element that is looked at, of an object its latest string: the key, when a number follows. */
interface Level {
  key: string | number
}

/** The way to what stands at a place of a valid JSON text: `metadata.lines[3].amount`. */
export function pathAt(text: string, place: number): string {
  const levels: Level[] = []
  for (let at = 0; at < place; at++) {
    const level = levels.at(-1)
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at)
        if (typeof level?.key === 'string') level.key = text.slice(at, end)
        at = end - 1
        break
      }
      case '{':
        levels.push({ key: '' })
        break
      case '[':
        levels.push({ key: 0 })
        break
      case '}':
      case ']':
        levels.pop()
        break
      case ',':
        if (typeof level?.key === 'number') level.key++
    }
  }
  const path = levels.map(({ key }) => wordOf(String(key))).join('')
  const shown = path.startsWith('.') ? path.slice(1) : path
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown
}

function wordOf(key: string): string {
  return /^"[A-Za-z_$][\w$]*"$/.test(key) ? `.${key.slice(1, -1)}` : `[${key}]`
}

/** Behind the closing quote. */
export function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end + 1
}

function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text[first - 1] === '\\') first--
  return (at - first) % 2 === 1
}
