/** A function with what it took, alone (`self`) and with all that it called (`total`): microseconds, or allocated bytes. */
export interface Spent {
  readonly name: string
  /** File and line. */
  readonly place: string
  /** Folder of this project, package, or part of Node. */
  readonly room: string
  readonly self: number
  readonly total: number
}

/** A call in a profile, with the calls that it made. */
export interface Call {
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly self: number
  readonly children: readonly Call[]
}

interface Sum {
  readonly name: string
  readonly place: string
  self: number
  total: number
}

/** The functions of a profile. `rootUrl`: the clone, as a URL with a slash at its end. */
export function spentIn(root: Call, rootUrl: string): readonly Spent[] {
  const sums = new Map<string, Sum>()
  addTo(sums, { call: root, rootUrl, open: new Set() })
  return [...sums.values()].map((sum) => ({ ...sum, room: roomOf(sum) }))
}

interface Visit {
  readonly call: Call
  readonly rootUrl: string
  /** Functions that have called this one: each counts once for a stack, however often it stands in it. */
  readonly open: ReadonlySet<string>
}

function addTo(sums: Map<string, Sum>, { call, rootUrl, open }: Visit): number {
  const { name, place } = named(call, rootUrl)
  const key = `${name} ${place}`
  const inner = open.has(key) ? open : new Set([...open, key])
  const total = call.children.reduce(
    (sum, child) => sum + addTo(sums, { call: child, rootUrl, open: inner }),
    call.self,
  )
  const sum = sums.get(key) ?? { name, place, self: 0, total: 0 }
  sum.self += call.self
  if (!open.has(key)) sum.total += total
  sums.set(key, sum)
  return total
}

function named({ callFrame: { functionName, url, lineNumber } }: Call, rootUrl: string) {
  const path = url.startsWith(rootUrl) ? url.slice(rootUrl.length) : url
  return { name: functionName || '(anonymous)', place: path === '' ? '' : `${path}:${lineNumber + 1}` }
}

function roomOf({ name, place }: Pick<Spent, 'name' | 'place'>): string {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(place)?.[1]
  if (inPackage !== undefined) return `package ${inPackage}`
  if (place.startsWith('node:')) return `node ${/^node:(?:internal\/)?([\w-]+)/.exec(place)?.[1] ?? ''}`
  if (place === '') return name.startsWith('(') && name !== '(anonymous)' ? name : 'V8 and natives'
  return place.split(':')[0]?.split('/').slice(0, -1).join('/') ?? place
}
