import { isotonic, type Wish } from './isotonic.ts'
import type { LayerItem, LayerLink } from './layered-graph.ts'
import type { Steps } from '../steps.ts'

/** Rounds of moving all layers toward their neighbours; the last of them look at both sides. */
const ROUNDS = 30
const BOTH_SIDES = 14

/** Least room between two items: nodes, labels, passages, and items of two kinds. */
const GAPS = { node: 40, label: 22, passage: 16, mixed: 24 }

/** Gives each item its place across, in the order of its layer: links as straight as possible, no two items too near. */
export function* placeAcross(layers: readonly (readonly LayerItem[])[]): Steps<void> {
  const gaps = layers.map(gapsOf)
  for (const [at, layer] of layers.entries()) pack(layer, gaps[at] ?? [])
  for (let round = 0; round < ROUNDS; round++) {
    const isDown = round % 2 === 0
    const sides = round >= ROUNDS - BOTH_SIDES ? 'both' : isDown ? 'before' : 'after'
    const order = isDown ? [...layers.keys()] : [...layers.keys()].toReversed()
    for (const at of order) {
      yield
      align(layers[at] ?? [], gaps[at] ?? [], sides)
    }
  }
}

function gapsOf(layer: readonly LayerItem[]): readonly number[] {
  return layer.slice(1).map((item, at) => gapBetween(layer[at] ?? item, item))
}

/** Least room between the centres of two neighbours of a layer. */
export function gapBetween(one: LayerItem, other: LayerItem): number {
  const gap = one.kind === other.kind ? GAPS[one.kind] : GAPS.mixed
  return (one.extent.across + other.extent.across) / 2 + gap
}

/** One after the other, around 0. */
function pack(layer: readonly LayerItem[], gaps: readonly number[]): void {
  let across = -gaps.reduce((sum, gap) => sum + gap, 0) / 2
  for (const [at, item] of layer.entries()) {
    item.across = across
    across += gaps[at] ?? 0
  }
}

function align(layer: readonly LayerItem[], gaps: readonly number[], sides: 'before' | 'after' | 'both'): void {
  const wishes = layer.map((item) => {
    const links = sides === 'after' ? NONE : item.before
    const others = sides === 'before' ? NONE : item.after
    return links.length + others.length === 0 ? { at: item.across, weight: 0.1 } : wishOf(links, others)
  })
  const places = isotonic(wishes, gaps)
  for (const [at, item] of layer.entries()) item.across = places[at] ?? item.across
}

const NONE: readonly LayerLink[] = []

function wishOf(links: readonly LayerLink[], others: readonly LayerLink[]): Wish {
  let [sum, weight] = [0, 0]
  for (const all of [links, others]) {
    for (const link of all) {
      sum += link.item.across * link.weight
      weight += link.weight
    }
  }
  return { at: sum / weight, weight }
}
