import { parseTree, type Node } from 'jsonc-parser'
import { placesIn, type TextPlace } from './text-position.ts'
import { segment } from './json-tree.ts'

/** The text of a configuration beside its value: where each part of it stands. */
export interface Source {
  /** Of the value at a formatted path; where there is none, of the part that would hold it. */
  at(path: string): TextPlace | undefined
  /** Of the key at the end of the path. */
  keyAt(path: string): TextPlace | undefined
  /** Keys that stand more than once in their object, each once, with every place. */
  repeatedKeys(): readonly RepeatedKey[]
}

export interface RepeatedKey {
  readonly path: string
  readonly places: readonly TextPlace[]
}

/** Of a text that `JSON.parse` takes. It is parsed when somebody asks, a second time: `JSON.parse` tells no places. */
export function sourceOf(text: string): Source {
  let parsed: Parts | undefined
  const parts = () => (parsed ??= partsOf(text))
  return {
    at: (path) => nearestOf(parts(), path)?.value,
    keyAt: (path) => parts().places.get(path)?.key ?? nearestOf(parts(), path)?.value,
    repeatedKeys: () => parts().repeated,
  }
}

/** Of a text that nobody has written: places in it would say nothing. */
export const NO_SOURCE: Source = { at: () => undefined, keyAt: () => undefined, repeatedKeys: () => [] }

interface Place {
  readonly value: TextPlace
  readonly key?: TextPlace | undefined
}

interface Parts {
  readonly places: ReadonlyMap<string, Place>
  readonly repeated: readonly RepeatedKey[]
}

function partsOf(text: string): Parts {
  const place = placesIn(text)
  const places = new Map<string, Place>()
  const repeated: RepeatedKey[] = []

  const visit = (node: Node, path: string, key?: Node): void => {
    places.set(path, { value: place(node.offset), key: key && place(key.offset) })
    if (node.type === 'array') node.children?.forEach((item, index) => visit(item, path + segment(index, path === '')))
    if (node.type === 'object') visitMembers(node.children ?? [], path)
  }
  const visitMembers = (members: readonly Node[], path: string): void => {
    const keys = Map.groupBy(members, (member) => String(member.children?.[0]?.value))
    for (const [name, same] of keys) {
      const [key, value] = same.at(-1)?.children ?? [] // the last one counts, as `JSON.parse` has it
      const inner = path + segment(name, path === '')
      if (same.length > 1) repeated.push({ path: inner, places: same.map(({ offset }) => place(offset)) })
      if (value !== undefined) visit(value, inner, key)
    }
  }

  const root = parseTree(text)
  if (root !== undefined) visit(root, '')
  return { places, repeated }
}

/** A path is cut back to what is there: a key that is missing stands nowhere. */
function nearestOf({ places }: Parts, path: string): Place | undefined {
  for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))) {
    const place = places.get(path.slice(0, end))
    if (place !== undefined) return place
  }
  return places.get('')
}
