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
  const trunks = { on: nodes.map(newTrunk), back: nodes.map(newTrunk) }
  return { layers, nodes: items, routes: edges.map((edge, at) => route(edge, back.has(at))) }

  function route({ from, to, label: extent }: LayeredEdge, isBack: boolean): LayeredRoute {
    const step = isBack ? -1 : 1
    const label = add('label', 2 * (ranks[from] ?? 0) + step, extent)
    link(items[from], label)
    const end = 2 * (ranks[to] ?? 0)
    const trunk = (isBack ? trunks.back : trunks.on)[to] ?? newTrunk()
    const passages: LayerItem[] = []
    let here = label
    let isShared = false
    for (let layer = label.layer + step; layer !== end; layer += step) {
      const known = trunk.get(layer)
      const passage = known ?? add('passage', layer, NOTHING)
      if (!isShared) link(here, passage)
      if (known === undefined) trunk.set(layer, passage)
      else isShared = true
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

/** The shared passages to one target in one direction, by their layers. */
function newTrunk(): Map<number, LayerItem> {
  return new Map()
}

function link(one: LayerItem | undefined, other: LayerItem | undefined): void {
  if (one === undefined || other === undefined) return
  const before = one.layer < other.layer ? one : other
  const after = before === one ? other : one
  const weight = straightness(one.kind === 'passage', other.kind === 'passage')
  before.after.push({ item: after, weight } satisfies LayerLink)
  after.before.push({ item: before, weight } satisfies LayerLink)
}

function straightness(onePasses: boolean, otherPasses: boolean): number {
  if (onePasses && otherPasses) return STRAIGHT.both
  return onePasses || otherPasses ? STRAIGHT.one : STRAIGHT.none
}
