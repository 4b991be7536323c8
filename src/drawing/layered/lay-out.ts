import { assignRanks } from './assign-ranks.ts'
import { buildLayers } from './build-layers.ts'
import { findBackEdges } from './find-back-edges.ts'
import type { LayeredGraph, Layering } from './layered-graph.ts'
import { orderLayers } from './order-layers.ts'
import { placeAcross } from './place-across.ts'
import { straighten } from './straighten.ts'
import type { Steps } from '../steps.ts'

/**
 * Lays a graph out in layers, after Sugiyama: cycles are opened, nodes ranked, layers ordered, items placed. The same graph gives
 * the same layout (decision 0057).
 */
export function* layOut(graph: LayeredGraph): Steps<Layering> {
  const back = findBackEdges(graph)
  const layering = buildLayers(graph, assignRanks(graph, back), back)
  yield* orderLayers(layering.layers)
  yield* placeAcross(layering.layers)
  yield* straighten(layering, graph.edges)
  return layering
}
