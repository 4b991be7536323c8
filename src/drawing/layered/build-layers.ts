import type {
  Extent,
  LayeredEdge,
  LayeredGraph,
  LayeredRoute,
  LayerItem,
  Layering,
  LayerLink,
} from './layered-graph.ts'

/** How much a link wants to be straight: between two passages, between one and another item, between others. */
const STRAIGHT = { both: 8, one: 3, none: 2 }
const NOTHING: Extent = { along: 0, across: 0 }

/**
 * Nodes in the even layers, labels in the odd ones beside their sources, and passages between a label and a target further away. All
 * edges to one target in one direction share passages, so their number is bounded by targets and layers, not by edges.
 */
export function buildLayers(
  { nodes, edges }: LayeredGraph,
  ranks: readonly number[],
  back: ReadonlySet<number>,
): Layering {
  const layers: LayerItem[][] = []
  const items = nodes.map((extent, at) => add('node', 2 * (ranks[at] ?? 0), extent))
  const trunks = new Map<string, LayerItem>()
  return { layers, nodes: items, routes: edges.map((edge, at) => route(edge, back.has(at))) }

  function route({ from, to, label: extent }: LayeredEdge, isBack: boolean): LayeredRoute {
    const step = isBack ? -1 : 1
    const label = add('label', 2 * (ranks[from] ?? 0) + step, extent)
    link(items[from], label)
    const end = 2 * (ranks[to] ?? 0)
    const passages: LayerItem[] = []
    let [here, isShared]: [LayerItem, boolean] = [label, false]
    for (let layer = label.layer + step; layer !== end; layer += step) {
      const key = `${to} ${step} ${layer}`
      const known = trunks.get(key)
      const passage = known ?? add('passage', layer, NOTHING)
      trunks.set(key, passage)
      if (!isShared) link(here, passage)
      isShared ||= known !== undefined
      here = passage
      passages.push(passage)
    }
    if (!isShared) link(here, items[to])
    return { isBack, label, passages }
  }

  function add(kind: LayerItem['kind'], layer: number, extent: Extent): LayerItem {
    while (layers.length <= layer) layers.push([])
    const all = layers[layer] ?? []
    const item = { kind, layer, extent, before: [], after: [], place: all.length, across: 0 }
    all.push(item)
    return item
  }
}

function link(one: LayerItem | undefined, other: LayerItem | undefined): void {
  if (one === undefined || other === undefined) return
  const [before, after] = one.layer < other.layer ? [one, other] : [other, one]
  const passages = [one, other].filter(({ kind }) => kind === 'passage').length
  const weight = passages === 2 ? STRAIGHT.both : passages === 1 ? STRAIGHT.one : STRAIGHT.none
  before.after.push({ item: after, weight } satisfies LayerLink)
  after.before.push({ item: before, weight } satisfies LayerLink)
}
