import type { Outline } from '../../api/draft.ts'
import type { Machine } from '../../api/machine.ts'

/** The running machine, as far as a change of it can strand sagas. */
export interface Running {
  readonly machine: Machine
  /** Ids of channels. */
  readonly channels: readonly string[]
}

/** Sagas of a state, or sagas that owe a channel a command: their number, or `some` where the store does not count. */
export type Standing = ReadonlyMap<string, number | 'some'>

/** The sagas of the running machine; a map is absent where it is not known. */
export interface LiveSagas {
  readonly states?: Standing | undefined
  readonly channels?: Standing | undefined
}

/** A change that live sagas meet. `sagas` is absent where their number is not known. */
export type Stranding = { readonly sagas?: number | 'some' | undefined } & (
  | { readonly kind: 'gone'; readonly state: string; readonly isEnded: boolean }
  | { readonly kind: 'moved'; readonly state: string; readonly to: string }
  | { readonly kind: 'deaf'; readonly state: string; readonly events: readonly string[] }
  | { readonly kind: 'channel'; readonly channel: string }
)

/**
 * The changes from the running machine to a draft that strand or move sagas, worst first. Where numbers are known, only those that
 * meet sagas.
 */
export function strandings(running: Running, draft: Outline, live: LiveSagas = {}): readonly Stranding[] {
  const states = new Set([...running.machine.states.map(({ id }) => id), ...(live.states?.keys() ?? [])])
  const ofStates = [...states].flatMap((state) => {
    const found = strandingOf(state, running.machine, draft)
    return found === undefined ? [] : [{ ...found, sagas: numberOf(live.states, state) }]
  })
  const ofChannels = running.channels
    .filter((channel) => !draft.channels.includes(channel))
    .map((channel): Stranding => ({ kind: 'channel', channel, sagas: numberOf(live.channels, channel) }))
  return [...ofStates, ...ofChannels]
    .filter(({ sagas }) => sagas !== 0)
    .toSorted((one, other) => rank(one) - rank(other))
}

function strandingOf(id: string, machine: Machine, draft: Outline): Stranding | undefined {
  const before = machine.states.find((state) => state.id === id)
  const after = draft.states.find((state) => state.id === id)
  if (after === undefined) {
    const to = Object.hasOwn(draft.movedStates, id) ? draft.movedStates[id] : undefined
    const isMoved = to !== undefined && draft.states.some((state) => state.id === to)
    if (isMoved && before?.isFinal !== true) return { kind: 'moved', state: id, to }
    return { kind: 'gone', state: id, isEnded: before?.isFinal === true }
  }
  if (before === undefined || before.isFinal) return undefined
  const lost = (before.outgoingTransitions ?? []).map(({ inputEvent }) => inputEvent)
  const events = lost.filter((event) => !after.events.includes(event))
  return events.length === 0 ? undefined : { kind: 'deaf', state: id, events }
}

/** A name that a complete map lacks has no sagas. */
function numberOf(standing: Standing | undefined, name: string): number | 'some' | undefined {
  return standing === undefined ? undefined : (standing.get(name) ?? 0)
}

function rank(one: Stranding): number {
  if (one.kind === 'gone') return one.isEnded ? 4 : 0
  return { channel: 1, deaf: 2, moved: 3 }[one.kind]
}
