import type { LayerItem, Layering, LayeredRoute } from './layered-graph.ts'
import { gapBetween } from './place-across.ts'
import { Pieces, type Steps } from '../steps.ts'

/** Part of a side of a node that lines may use, of its size across. */
const PORTS = 0.6
const ROUNDS = 3

interface Leeway {
  readonly from: number
  readonly to: number
}

/**
 * Takes the small steps out of long lines: the label and the passages of each edge move to one place as far as their layers have
 * room, so that an edge bends as seldom as it can. Labels of short edges move to where they face both cards.
 */
export function* straighten(
  { layers, nodes, routes }: Layering,
  ends: readonly { from: number; to: number }[],
): Steps<void> {
  const pieces = new Pieces()
  const chains = chainsOf(routes)
  for (let round = 0; round < ROUNDS; round++) {
    for (const { at, items } of chains) {
      if (pieces.fill(items.length)) yield
      const { from = 0, to = 0 } = ends[at] ?? {}
      const source = nodes[from]
      const target = nodes[to]
      if (source !== undefined && target !== undefined) follow(items, source, target)
    }
  }
  for (const node of nodes) faceOnly(node)

  /** A node with one arrow alone, such as the mark of the beginning, moves to where it faces its label. */
  function faceOnly(node: LayerItem): void {
    const [link, ...others] = node.after
    if (link === undefined || others.length > 0 || node.before.length > 0) return
    const { from, to } = freeRange(node, layers)
    node.across = Math.min(to, Math.max(from, link.item.across))
  }

  function follow(chain: readonly LayerItem[], source: LayerItem, target: LayerItem): void {
    let common = portRange(source)
    let pending: LayerItem[] = []
    for (const item of chain) {
      const free = freeRange(item, layers)
      const both = overlap(common, free)
      if (both === undefined) {
        settle(pending, common)
        common = free
        pending = [item]
      } else {
        common = both
        pending.push(item)
      }
    }
    settle(pending, overlap(common, portRange(target)) ?? common)
  }
}

/** Items that move together: those of the route `at` that no route before it has. */
interface Chain {
  readonly at: number
  readonly items: readonly LayerItem[]
}

/** The chains of all routes, those of the longest first. */
function chainsOf(routes: readonly LayeredRoute[]): readonly Chain[] {
  const taken = new Set<LayerItem>()
  const chains = routes.map((route, at) => ({ ...route, at }))
  chains.sort((one, other) => other.passages.length - one.passages.length)
  return chains.map(({ at, label, passages }) => {
    const items = [label]
    for (const passage of passages) {
      // The rest of a shared way is shared, too.
      if (taken.has(passage)) break
      taken.add(passage)
      items.push(passage)
    }
    return { at, items }
  })
}

function portRange({ across, extent }: LayerItem): Leeway {
  const half = (extent.across * PORTS) / 2
  return { from: across - half, to: across + half }
}

/** Where an item can move while its neighbours stay. */
function freeRange(item: LayerItem, layers: readonly (readonly LayerItem[])[]): Leeway {
  const layer = layers[item.layer] ?? []
  const before = layer[item.place - 1]
  const after = layer[item.place + 1]
  return {
    from: before === undefined ? -Infinity : before.across + gapBetween(before, item),
    to: after === undefined ? Infinity : after.across - gapBetween(item, after),
  }
}

function overlap(one: Leeway, other: Leeway): Leeway | undefined {
  const from = Math.max(one.from, other.from)
  const to = Math.min(one.to, other.to)
  return from <= to ? { from, to } : undefined
}

function settle(items: readonly LayerItem[], { from, to }: Leeway): void {
  if (items.length === 0) return
  const mean = items.reduce((sum, { across }) => sum + across, 0) / items.length
  const place = Math.min(to, Math.max(from, mean))
  for (const item of items) item.across = place
}
