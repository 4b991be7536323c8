import type { BusinessDefinition, BusinessId } from '../machine/definition.ts'
import { visibleText } from './text/visible-text.ts'

/** A business state of the legend: colour is never alone, so each has a letter. */
export interface LegendEntry {
  readonly letter: string
  /** One of the colours, 0 to 7. */
  readonly colour: number
  readonly text: string
}

/** Colours of business states. More of them begin again, with other letters. */
export const COLOURS = 8

/** The business states of a machine by the text of their id, in the order of the file; of a repeated id the first entry (C2.1). */
export function businessLegend(definitions: readonly BusinessDefinition[] = []): ReadonlyMap<string, LegendEntry> {
  const legend = new Map<string, LegendEntry>()
  for (const { id, description } of definitions) {
    const at = legend.size
    if (legend.has(String(id))) continue
    legend.set(String(id), { letter: letterOf(at), colour: at % COLOURS, text: businessText(id, description) })
  }
  return legend
}

/** The description of a business state or event; its id where there is none. */
export function businessText(id: BusinessId, description: string | undefined): string {
  return visibleText(description === undefined || description.trim() === '' ? String(id) : description)
}

/** A to Z, then AA, AB and so on. */
function letterOf(at: number): string {
  const last = String.fromCodePoint(65 + (at % 26))
  return at < 26 ? last : letterOf(Math.floor(at / 26) - 1) + last
}
