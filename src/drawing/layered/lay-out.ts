import { assignRanks } from './assign-ranks.ts'
import { buildLayers } from './build-layers.ts'
import { findBackEdges } from './find-back-edges.ts'
import type { LayeredGraph, Layering } from './layered-graph.ts'
import { orderLayers } from './order-layers.ts'
import { placeAcross } from './place-across.ts'
import { straighten } from './straighten.ts'

/**
 * Lays a graph out in layers, after Sugiyama: cycles are opened, nodes ranked, layers ordered, items placed. The same graph gives
 * the same layout (decision 0057).
 */
export function layOut(graph: LayeredGraph): Layering {
  const back = findBackEdges(graph)
  const layering = buildLayers(graph, assignRanks(graph, back), back)
  orderLayers(layering.layers)
  placeAcross(layering.layers)
  straighten(layering, graph.edges)
  return layering
}
