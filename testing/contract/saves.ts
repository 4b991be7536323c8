import type { Basis, Loaded, Persistency, Saved } from '../../src/ports/persistency.ts'
import { amend, birth, step } from './build.ts'
import type { BirthOptions, Bookkeeping, StepOptions, PreparedSave } from './build.ts'

/** One save, as the orchestrator makes it. */
export function save(store: Persistency, { change, next }: PreparedSave, basis: Basis | 'absent'): Promise<Saved> {
  return store.save(change, next, basis)
}

/** Saves a change; throws unless the outcome is `saved`. */
export async function keep(store: Persistency, written: PreparedSave, basis: Basis | 'absent'): Promise<Loaded> {
  const saved = await save(store, written, basis)
  if (saved.kind !== 'saved') throw new Error(`save a change: expected "saved", found "${saved.kind}"`)
  return { saga: written.next, basis: saved.basis }
}

/** Creates a saga and answers its head and basis. Throws where it was not saved. */
export function create(store: Persistency, options?: BirthOptions): Promise<Loaded> {
  return keep(store, birth(options), 'absent')
}

/** A step by the label of its event. */
export interface LabelledStep extends StepOptions {
  readonly label: string
}

/** Moves a saga by an event: its label, or its label with the options of the step. */
export function move(store: Persistency, { saga, basis }: Loaded, event: string | LabelledStep): Promise<Loaded> {
  const { label, ...options } = typeof event === 'string' ? { label: event } : event
  return keep(store, step(saga, label, options), basis)
}

/** Saves a change without a step. */
export function note(store: Persistency, { saga, basis }: Loaded, bookkeeping: Bookkeeping): Promise<Loaded> {
  return keep(store, amend(saga, bookkeeping), basis)
}
