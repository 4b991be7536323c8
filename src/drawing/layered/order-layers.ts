import { countCrossings } from './count-crossings.ts'
import type { LayerItem, LayerLink } from './layered-graph.ts'
import { Pieces, type Steps } from '../steps.ts'

/** Sweeps over all layers, and sweeps in a row without fewer crossings. */
const SWEEPS = 24
const PATIENCE = 6
/** Rounds of exchanging neighbours. */
const EXCHANGES = 6

/** Orders the items of each layer so that few links cross: barycentres, then exchanges of neighbours. Changes `layers` and `place`. */
export function* orderLayers(layers: LayerItem[][]): Steps<void> {
  placeByVisit(layers)
  yield
  let [best, fewest, since] = [snapshot(layers), countCrossings(layers), 0]
  for (let sweep = 0; sweep < SWEEPS && since < PATIENCE && fewest > 0; sweep++) {
    yield
    sweepOnce(layers, sweep)
    yield* exchange(layers)
    const crossings = countCrossings(layers)
    since = crossings < fewest ? 0 : since + 1
    if (crossings < fewest) [best, fewest] = [snapshot(layers), crossings]
  }
  for (const [at, layer] of best.entries()) layers[at] = settled(layer)
}

/** The first order: items as a walk from the first layer reaches them. */
function placeByVisit(layers: LayerItem[][]): void {
  const visited = new Set<LayerItem>()
  const reached: LayerItem[][] = layers.map(() => [])
  const stack = layers.flat().toReversed()
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    if (visited.has(item)) continue
    visited.add(item)
    reached[item.layer]?.push(item)
    for (const { item: next } of item.after.toReversed()) stack.push(next)
  }
  for (const [at, layer] of reached.entries()) layers[at] = settled(layer)
}

function sweepOnce(layers: LayerItem[][], sweep: number): void {
  const isDown = sweep % 2 === 0
  const bias = sweep % 4 < 2 ? 1 : -1
  for (const layer of isDown ? layers : layers.toReversed()) {
    const centres = layer.map((item) => centre(isDown ? item.before : item.after, item))
    const byCentre = (one: LayerItem, other: LayerItem): number =>
      (centres[one.place] ?? 0) - (centres[other.place] ?? 0) || bias * (one.place - other.place)
    settled(layer.sort(byCentre))
  }
}

function centre(links: readonly LayerLink[], { place }: LayerItem): number {
  if (links.length === 0) return place
  return links.reduce((sum, { item }) => sum + item.place, 0) / links.length
}

/** Exchanges neighbours as long as that removes crossings. */
function* exchange(layers: readonly LayerItem[][]): Steps<void> {
  const pieces = new Pieces()
  /** Layers in which no exchange was better, and beside which nothing has changed since. */
  const isDone = layers.map(() => false)
  for (let round = 0; round < EXCHANGES && isDone.includes(false); round++) {
    for (const [at, layer] of layers.entries()) {
      if (isDone[at] === true) continue
      if (pieces.fill(layer.length)) yield
      isDone[at] = !exchangeIn(layer)
      if (isDone[at]) continue
      if (at > 0) isDone[at - 1] = false
      if (at + 1 < layers.length) isDone[at + 1] = false
    }
  }
}

/** Exchanges neighbours of one layer; true if any exchange removed crossings. */
function exchangeIn(layer: LayerItem[]): boolean {
  let isBetter = false
  let one = layer[0]
  for (let at = 1; at < layer.length; at++) {
    const other = layer[at]
    if (one === undefined || other === undefined) break
    if (gain(one, other) > 0) {
      layer[at - 1] = other
      layer[at] = one
      other.place = at - 1
      one.place = at
      isBetter = true
    } else one = other
  }
  return isBetter
}

/** Crossings that exchanging two neighbours removes. */
function gain(one: LayerItem, other: LayerItem): number {
  return gainOf(one.before, other.before) + gainOf(one.after, other.after)
}

function gainOf(one: readonly LayerLink[], other: readonly LayerLink[]): number {
  let sum = 0
  for (const { item: left } of one) for (const { item: right } of other) sum += Math.sign(left.place - right.place)
  return sum
}

function snapshot(layers: readonly LayerItem[][]): readonly LayerItem[][] {
  return layers.map((layer) => [...layer])
}

/** The layer, its items knowing their places. */
function settled(layer: LayerItem[]): LayerItem[] {
  let place = 0
  for (const item of layer) item.place = place++
  return layer
}
