import type { LayerItem, Layering, LayeredRoute } from './layered-graph.ts'
import { gapBetween } from './place-across.ts'
import type { Steps } from '../steps.ts'

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
  for (let round = 0; round < ROUNDS; round++) {
    const done = new Set<LayerItem>()
    const longest = [...routes.entries()].toSorted(([, one], [, other]) => other.passages.length - one.passages.length)
    for (const [at, route] of longest) {
      yield
      const { from = 0, to = 0 } = ends[at] ?? {}
      const [source, target] = [nodes[from], nodes[to]]
      if (source !== undefined && target !== undefined) follow(chainOf(route, done), source, target)
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
    if (chain.length === 0) return
    let [common, pending]: [Leeway, LayerItem[]] = [portRange(source), []]
    for (const item of chain) {
      const both = overlap(common, freeRange(item, layers))
      if (both === undefined) {
        settle(pending, common)
        ;[common, pending] = [freeRange(item, layers), [item]]
      } else {
        common = both
        pending.push(item)
      }
    }
    settle(pending, overlap(common, portRange(target)) ?? common)
  }
}

/** The items of a route that no other route has moved in this round. */
function chainOf({ label, passages }: LayeredRoute, done: Set<LayerItem>): readonly LayerItem[] {
  const own = [label, ...passages].filter((item) => !done.has(item))
  for (const item of own) done.add(item)
  return own
}

function portRange({ across, extent }: LayerItem): Leeway {
  const half = (extent.across * PORTS) / 2
  return { from: across - half, to: across + half }
}

/** Where an item can move while its neighbours stay. */
function freeRange(item: LayerItem, layers: readonly (readonly LayerItem[])[]): Leeway {
  const layer = layers[item.layer] ?? []
  const [before, after] = [layer[item.place - 1], layer[item.place + 1]]
  return {
    from: before === undefined ? -Infinity : before.across + gapBetween(before, item),
    to: after === undefined ? Infinity : after.across - gapBetween(item, after),
  }
}

function overlap(one: Leeway, other: Leeway): Leeway | undefined {
  const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)]
  return from <= to ? { from, to } : undefined
}

function settle(items: readonly LayerItem[], { from, to }: Leeway): void {
  if (items.length === 0) return
  const mean = items.reduce((sum, { across }) => sum + across, 0) / items.length
  const place = Math.min(to, Math.max(from, mean))
  for (const item of items) item.across = place
}
