import type { Spent } from './spent.ts'

/** A share of a profile: of processor time, or of allocated bytes. */
interface Share {
  readonly name: string
  readonly self: number
  readonly total?: number
}

const ROOMS = 40
const FUNCTIONS = 60

/** A profile as text: the shares of folders, packages and parts of Node, then the functions that cost most. Percent of all. */
export function profileText(spent: readonly Spent[], title: string): string {
  const sum = spent.reduce((all, { self }) => all + self, 0)
  const rooms = new Map<string, number>()
  for (const { room, self } of spent) rooms.set(room, (rooms.get(room) ?? 0) + self)
  const byRoom = [...rooms].map(([name, self]): Share => ({ name, self }))
  const byFunction = spent.map(({ name, place, self, total }): Share => ({ name: `${name} ${place}`, self, total }))
  const line = ({ name, self, total }: Share) => `${percent(self, sum)}${percent(total, sum)}  ${name}`
  return [
    title,
    '\n  self   total  by folder, package and part of Node',
    ...largest(byRoom, ROOMS, ({ self }) => self).map(line),
    '\n  self   total  by function, alone',
    ...largest(byFunction, FUNCTIONS, ({ self }) => self).map(line),
    '\n  self   total  by function, with all that it calls',
    ...largest(byFunction, FUNCTIONS, ({ total = 0 }) => total).map(line),
    '',
  ].join('\n')
}

function largest(shares: readonly Share[], most: number, by: (share: Share) => number): readonly Share[] {
  return shares.toSorted((a, b) => by(b) - by(a)).slice(0, most)
}

function percent(part: number | undefined, sum: number): string {
  return (part === undefined ? '' : ((100 * part) / sum).toFixed(1)).padStart(6) + ' '
}
