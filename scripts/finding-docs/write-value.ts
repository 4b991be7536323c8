/** A file that is changed at any depth, also to invalid values, which no type could describe. */
// oxlint-disable-next-line no-explicit-any -- with `unknown` each key of each path would need a check that finds nothing
export type Tree = any

/** Writes a value into a file at a formatted path, such as `states[2].id`; `undefined` takes the key away. */
export function writeValue(file: Tree, path: string, value: unknown): void {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '')
  const parent = keys.slice(0, -1).reduce((tree, key) => tree[key], file)
  const last = keys.at(-1) ?? ''
  if (value === undefined) delete parent[last]
  else parent[last] = value
}
