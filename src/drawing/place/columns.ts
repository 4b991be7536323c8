import type { LayerItem, LayerLink } from '../layered/layered-graph.ts'

/** Beginning and end of a layer in the direction of the flow. */
export interface Column {
  readonly start: number
  readonly end: number
}

/** Room between two layers: at least this, and a part of the widest step across that a line makes there. */
const GAP = { least: 28, ofStep: 0.08, most: 76 }

/** The columns of layers, one after the other from `start` on. */
export function columnsOf(layers: readonly (readonly LayerItem[])[], start: number): readonly Column[] {
  let along = start
  return layers.map((layer) => {
    const column = { start: along, end: along + Math.max(0, ...layer.map(({ extent }) => extent.along)) }
    along = column.end + gapAfter(layer)
    return column
  })
}

function gapAfter(layer: readonly LayerItem[]): number {
  const steps = layer.flatMap((item) => item.after.map((link) => stepOf(item, link)))
  const widest = steps.reduce((most, step) => Math.max(most, step), 0)
  return Math.round(Math.min(GAP.most, GAP.least + GAP.ofStep * widest))
}

function stepOf(item: LayerItem, { item: other }: LayerLink): number {
  const reach = (item.extent.across + other.extent.across) / 2
  return Math.max(0, Math.abs(item.across - other.across) - reach * 0.5)
}
