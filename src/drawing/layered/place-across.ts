import { isotonic, type Wish } from './isotonic.ts'
import type { LayerItem, LayerLink } from './layered-graph.ts'
import { Pieces, type Steps } from '../steps.ts'

/**
 * Rounds of moving all layers toward their neighbours. The first goes down and looks at the layer before, the second goes up and looks at
 * the layer after; the others look at both. More rounds that look at one side make pictures larger, not lines straighter.
 */
const ROUNDS = 16
const ONE_SIDE = 2

/** Least room between two items: nodes, labels, passages, and items of two kinds. */
const GAPS = { node: 40, label: 22, passage: 16, mixed: 24 }

/** Gives each item its place across, in the order of its layer: links as straight as possible, no two items too near. */
export function* placeAcross(layers: readonly (readonly LayerItem[])[]): Steps<void> {
  const down = layers.map((layer) => ({ layer, gaps: gapsOf(layer) }))
  const up = down.toReversed()
  for (const row of down) pack(row)
  const pieces = new Pieces()
  for (let round = 0; round < ROUNDS; round++) {
    const isDown = round % 2 === 0
    const sides = round >= ONE_SIDE ? 'both' : isDown ? 'before' : 'after'
    for (const row of isDown ? down : up) {
      if (pieces.fill(row.layer.length)) yield
      align(row, sides)
    }
  }
}

/** A layer with the least room between the centres of its neighbours. */
interface LayerRow {
  readonly layer: readonly LayerItem[]
  readonly gaps: readonly number[]
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
function pack({ layer, gaps }: LayerRow): void {
  let across = -gaps.reduce((sum, gap) => sum + gap, 0) / 2
  for (const item of layer) {
    item.across = across
    across += gaps[item.place] ?? 0
  }
}

type Sides = 'before' | 'after' | 'both'

function align({ layer, gaps }: LayerRow, sides: Sides): void {
  const wishes = layer.map((item) => wishOf(item, sides))
  const places = isotonic(wishes, gaps)
  for (const item of layer) item.across = places[item.place] ?? item.across
}

function wishOf({ before, after, across }: LayerItem, sides: Sides): Wish {
  let sum = 0
  let weight = 0
  const pull = (link: LayerLink): void => {
    sum += link.item.across * link.weight
    weight += link.weight
  }
  if (sides !== 'after') before.forEach(pull)
  if (sides !== 'before') after.forEach(pull)
  return weight === 0 ? { at: across, weight: 0.1 } : { at: sum / weight, weight }
}
