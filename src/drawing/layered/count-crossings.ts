import type { LayerItem } from './layered-graph.ts'

/** Crossings of the links between all neighbouring layers. */
export function countCrossings(layers: readonly (readonly LayerItem[])[]): number {
  return layers.reduce((sum, layer, at) => sum + crossingsBetween(layer, layers[at + 1]?.length ?? 0), 0)
}

/** Crossings of the links that leave a layer: inversions of their ends, counted with a Fenwick tree. */
function crossingsBetween(layer: readonly LayerItem[], size: number): number {
  const tree = new Int32Array(size + 1)
  let [crossings, links] = [0, 0]
  for (const { after } of layer) {
    const ends = after.map(({ item }) => item.place)
    if (ends.length > 1) ends.sort((one, other) => one - other)
    for (const end of ends) {
      let notBeyond = 0
      for (let at = end + 1; at > 0; at -= at & -at) notBeyond += tree[at] ?? 0
      crossings += links - notBeyond
    }
    for (const end of ends) for (let at = end + 1; at <= size; at += at & -at) tree[at] = (tree[at] ?? 0) + 1
    links += ends.length
  }
  return crossings
}
