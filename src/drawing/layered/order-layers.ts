import { countCrossings } from './count-crossings.ts'
import type { LayerItem, LayerLink } from './layered-graph.ts'
import type { Steps } from '../steps.ts'

/** Sweeps over all layers, and sweeps in a row without fewer crossings. */
const SWEEPS = 24
const PATIENCE = 6
/** Rounds of exchanging neighbours. */
const EXCHANGES = 6

/** Orders the items of each layer so that few links cross: barycentres, then exchanges of neighbours. Changes `layers` and `place`. */
export function* orderLayers(layers: LayerItem[][]): Steps<void> {
  placeByVisit(layers)
  let [best, fewest, since] = [snapshot(layers), countCrossings(layers), 0]
  for (let sweep = 0; sweep < SWEEPS && since < PATIENCE && fewest > 0; sweep++) {
    sweepOnce(layers, sweep)
    yield* exchange(layers)
    const crossings = countCrossings(layers)
    since = crossings < fewest ? 0 : since + 1
    if (crossings < fewest) [best, fewest] = [snapshot(layers), crossings]
  }
  for (const [at, layer] of best.entries()) settle(layers, at, layer)
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
  for (const [at, layer] of reached.entries()) settle(layers, at, layer)
}

function sweepOnce(layers: LayerItem[][], sweep: number): void {
  const isDown = sweep % 2 === 0
  const bias = sweep % 4 < 2 ? 1 : -1
  const order = isDown ? [...layers.keys()] : [...layers.keys()].toReversed()
  for (const at of order) {
    const valued = (layers[at] ?? []).map((item) => ({ item, value: centre(isDown ? item.before : item.after, item) }))
    valued.sort((one, other) => one.value - other.value || bias * (one.item.place - other.item.place))
    settle(
      layers,
      at,
      valued.map(({ item }) => item),
    )
  }
}

function centre(links: readonly LayerLink[], { place }: LayerItem): number {
  if (links.length === 0) return place
  return links.reduce((sum, { item }) => sum + item.place, 0) / links.length
}

/** Exchanges neighbours as long as that removes crossings. */
function* exchange(layers: LayerItem[][]): Steps<void> {
  for (let [round, isBetter] = [0, true]; isBetter && round < EXCHANGES; round++) {
    isBetter = false
    for (const layer of layers) {
      yield
      for (let at = 0; at + 1 < layer.length; at++) {
        const [one, other] = [layer[at], layer[at + 1]]
        if (one === undefined || other === undefined || gain(one, other) <= 0) continue
        ;[layer[at], layer[at + 1], one.place, other.place, isBetter] = [other, one, at + 1, at, true]
      }
    }
  }
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

function settle(layers: LayerItem[][], at: number, layer: LayerItem[]): void {
  layers[at] = layer
  for (const [place, item] of layer.entries()) item.place = place
}
