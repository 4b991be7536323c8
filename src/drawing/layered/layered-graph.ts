/** A graph to be laid out in layers. Lengths are pixels: along is the direction of the flow, across is at right angles to it. */
export interface LayeredGraph {
  readonly nodes: readonly Extent[]
  readonly edges: readonly LayeredEdge[]
  /** Node where the flow begins; the others follow in their order. */
  readonly first: number
}

/** An edge with its label, which lies in a layer of its own beside the source. */
export interface LayeredEdge {
  readonly from: number
  /** Not `from`. */
  readonly to: number
  readonly label: Extent
}

/** Size of a node or label. */
export interface Extent {
  readonly along: number
  readonly across: number
}

/** Part of a layer: a node, the label of an edge, or the place where a long edge passes. */
export interface LayerItem {
  readonly kind: 'node' | 'label' | 'passage'
  /** Even layers have nodes, odd ones labels; passages are in all. */
  readonly layer: number
  readonly extent: Extent
  /** Links to items of the layer before and of the layer after. */
  readonly before: LayerLink[]
  readonly after: LayerLink[]
  /** Index within the layer. */
  place: number
  /** Centre across. */
  across: number
}

/** A link between items of neighbouring layers; seen from one of them, this is the other. */
export interface LayerLink {
  readonly item: LayerItem
  /** How much it wants to be straight. */
  readonly weight: number
}

/** The items of a graph in their layers. */
export interface Layering {
  readonly layers: LayerItem[][]
  readonly nodes: readonly LayerItem[]
  readonly routes: readonly LayeredRoute[]
}

/** The way of one edge. */
export interface LayeredRoute {
  /** It leads from a later layer to an earlier one. */
  readonly isBack: boolean
  readonly label: LayerItem
  /** Passages from the label to the target. Edges in one direction to one target share them. */
  readonly passages: readonly LayerItem[]
}
