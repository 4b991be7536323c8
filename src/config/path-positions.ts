import { parseTree, type Node } from 'jsonc-parser'
import { formatKey } from './json-tree.ts'
import { positionsIn, type TextPosition } from './text-position.ts'

/** The positions of the values and keys of a configuration in its text. Paths are formatted, as in a `Problem`. */
export interface PathPositions {
  /** Position of the value at a path; where there is none, of the nearest object or list above. */
  at(path: string): TextPosition | undefined
  /** Position of the key at the end of a path. */
  keyAt(path: string): TextPosition | undefined
  /** Keys that are more than once in their object: each once, with all positions. */
  repeatedKeys(): readonly RepeatedKey[]
}

/** A key that is more than once in its object, with the position of each. */
export interface RepeatedKey {
  readonly path: string
  readonly positions: readonly TextPosition[]
}

/** The text is one that `JSON.parse` accepts. It is parsed again at the first question, since `JSON.parse` gives no positions. */
export function pathPositionsIn(text: string): PathPositions {
  let parsed: PositionIndex | undefined
  const index = () => (parsed ??= positionIndex(text))
  return {
    at: (path) => nearestEntry(index(), path)?.value,
    keyAt: (path) => index().entries.get(path)?.key ?? nearestEntry(index(), path)?.value,
    repeatedKeys: () => index().repeated,
  }
}

/** For a generated text, whose positions mean nothing to its author. */
export const NO_POSITIONS: PathPositions = { at: () => undefined, keyAt: () => undefined, repeatedKeys: () => [] }

interface PositionEntry {
  readonly value: TextPosition
  readonly key?: TextPosition | undefined
}

interface PositionIndex {
  readonly entries: ReadonlyMap<string, PositionEntry>
  readonly repeated: readonly RepeatedKey[]
}

function positionIndex(text: string): PositionIndex {
  const positionAt = positionsIn(text)
  const entries = new Map<string, PositionEntry>()
  const repeated: RepeatedKey[] = []

  const addValue = (node: Node, path: string, key?: Node): void => {
    entries.set(path, { value: positionAt(node.offset), key: key && positionAt(key.offset) })
    const children = node.children ?? []
    if (node.type === 'array') children.forEach((item, index) => addValue(item, path + formatKey(index, path === '')))
    if (node.type === 'object') addMembers(children, path)
  }
  const addMembers = (members: readonly Node[], path: string): void => {
    const byName = Map.groupBy(members, (member) => String(member.children?.[0]?.value))
    for (const [name, same] of byName) {
      const [key, value] = same.at(-1)?.children ?? [] // the last one counts, as for `JSON.parse`
      const memberPath = path + formatKey(name, path === '')
      if (same.length > 1) repeated.push({ path: memberPath, positions: same.map(({ offset }) => positionAt(offset)) })
      if (value !== undefined) addValue(value, memberPath, key)
    }
  }

  const root = parseTree(text)
  if (root !== undefined) addValue(root, '')
  return { entries, repeated }
}

/** The entry of a path, or of its longest prefix that has one. */
function nearestEntry({ entries }: PositionIndex, path: string): PositionEntry | undefined {
  for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))) {
    const entry = entries.get(path.slice(0, end))
    if (entry !== undefined) return entry
  }
  return entries.get('')
}
