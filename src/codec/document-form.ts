/** Types of the two fields of a stored document that differ between collections (C5a). Absent: not known. */
export interface DocumentForm {
  readonly latestEvent?: 'string' | 'object' | undefined
  readonly businessStateId?: 'string' | 'number' | undefined
}

/** `latestEvent` as it is written: the last entry of the history, or its label. */
export type WrittenEvent = string | { readonly event: string }

/** A document, as far as its newest event goes. */
interface WithEvents {
  readonly latestEvent: string
  readonly history: { readonly events: readonly { readonly event: string }[] }
}

/** The form of a document as a store answers it; its history may be cut to the last entries. */
export function formOf(value: unknown): DocumentForm {
  const { latestEvent, businessStateId } = (value ?? {}) as Readonly<Record<string, unknown>>
  return {
    latestEvent: typeof latestEvent === 'string' ? 'string' : isObject(latestEvent) ? 'object' : undefined,
    // A text that the history has as a number was made one by its collection; a machine may have texts too.
    businessStateId:
      typeof businessStateId === 'string' && typeof newestBusinessIdIn(value) !== 'string' ? 'string' : undefined,
  }
}

/** The business state in the newest entry of the history: as the machine has it. `undefined` where it has none. */
export function newestBusinessIdIn(value: unknown): unknown {
  const { history } = (value ?? {}) as { history?: { states?: unknown } | null }
  const newest: unknown = Array.isArray(history?.states) ? history.states.at(-1) : undefined
  return isObject(newest) ? newest['businessStateId'] : undefined
}

/** `latestEvent` in the form of a collection; a string where the form is not known. */
export function latestEventAs(form: DocumentForm, { latestEvent, history }: WithEvents): WrittenEvent {
  return form.latestEvent === 'object' ? (history.events.at(-1) ?? { event: latestEvent }) : latestEvent
}

/** A business id in the form of a collection; `null` for a word where only numbers are taken. */
export function businessStateIdAs(
  { businessStateId: type }: DocumentForm,
  id: string | number | null,
): string | number | null {
  if (id === null || type === undefined) return id
  if (type === 'string') return String(id)
  return id !== '' && Number.isFinite(Number(id)) ? id : null
}

/** The ids that may stand for one in a document: its collection may have made a text of a number. */
export function businessIdForms(id: string | number): readonly (string | number)[] {
  const number = Number(id)
  return String(number) === String(id) ? [number, String(id)] : [id]
}

/** Compares business ids by their text; exactly where a document of ours has its id as the machine has it (C5a). */
export function isSameBusinessId(one: string | number | undefined, other: string | number, isExact: boolean): boolean {
  return isExact ? one === other : String(one) === String(other)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
