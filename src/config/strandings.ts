import type { MachineDefinition } from '../machine/definition.ts'

/** The names of a saga.json on which live sagas depend. */
export interface FileOutline {
  readonly states: readonly OutlinedState[]
  /** `settings.movedStates`: the new names of states, by their former ones. */
  readonly movedStates: Readonly<Record<string, string>>
  /** Ids of channels. */
  readonly channels: readonly string[]
}

/** A state, and the events that move its sagas. */
export interface OutlinedState {
  readonly id: string
  readonly isFinal: boolean
  readonly events: readonly string[]
}

/**
 * A change that live sagas meet where one saga.json takes the place of another.
 *
 * - `gone`: the new file lacks the state, so that its sagas are stranded (P11); `isEnded`: they have ended and wait for nothing.
 * - `moved`: the new file has another name for the state. `events` moved its sagas before and would not any more.
 * - `deaf`: the state stays, and `events` would not move its sagas any more.
 * - `channel`: the new file lacks the channel, so that a command for it waits.
 */
export type Stranding =
  | { readonly kind: 'gone'; readonly state: string; readonly isEnded: boolean }
  | { readonly kind: 'moved'; readonly state: string; readonly to: string; readonly events: readonly string[] }
  | { readonly kind: 'deaf'; readonly state: string; readonly events: readonly string[] }
  | { readonly kind: 'channel'; readonly channel: string }

/** The parts of an outline beside the machine. */
export interface OutlineParts {
  readonly movedStates?: FileOutline['movedStates'] | undefined
  readonly channels: readonly string[]
}

/** The outline of a file. */
export function outlineOf({ states }: MachineDefinition, { movedStates = {}, channels }: OutlineParts): FileOutline {
  return {
    states: states.map(({ id, isFinal, outgoingTransitions = [] }) => {
      return { id, isFinal, events: outgoingTransitions.map(({ inputEvent }) => inputEvent) }
    }),
    movedStates,
    channels,
  }
}

/**
 * What live sagas meet where `after` takes the place of `before`, worst first. `live`: states that sagas are in, where they are known;
 * sagas may be in states that both files lack.
 */
export function strandings(before: FileOutline, after: FileOutline, live: Iterable<string> = []): readonly Stranding[] {
  const [old, now] = [byId(before.states), byId(after.states)]
  const newNames = Object.keys(after.movedStates).filter((id) => stateNow(before, id) !== stateNow(after, id))
  const states = new Set([...old.keys(), ...newNames, ...live])
  const ofStates = [...states].flatMap((id) => strandingOf(id, { old, now, after }) ?? [])
  const ofChannels = before.channels
    .filter((channel) => !after.channels.includes(channel))
    .map((channel): Stranding => ({ kind: 'channel', channel }))
  return [...ofStates, ...ofChannels].toSorted((one, other) => rank(one) - rank(other))
}

/** The state of a file under which sagas of this state go on: itself, or its new name (P11). */
export function stateNow({ states, movedStates }: FileOutline, id: string): string | undefined {
  const has = (name: string) => states.some((state) => state.id === name)
  if (has(id)) return id
  const to = Object.hasOwn(movedStates, id) ? movedStates[id] : undefined
  return to !== undefined && has(to) ? to : undefined
}

interface ComparedFiles {
  readonly old: ReadonlyMap<string, OutlinedState>
  readonly now: ReadonlyMap<string, OutlinedState>
  readonly after: FileOutline
}

function strandingOf(id: string, { old, now, after }: ComparedFiles): Stranding | undefined {
  const before = old.get(id)
  const isEnded = before?.isFinal === true
  const name = isEnded && !now.has(id) ? undefined : stateNow(after, id) // a saga that has ended gets no new name
  if (name === undefined) return { kind: 'gone', state: id, isEnded }
  const listed = new Set(now.get(name)?.events)
  const events = isEnded ? [] : (before?.events ?? []).filter((event) => !listed.has(event))
  if (name !== id) return { kind: 'moved', state: id, to: name, events }
  return events.length === 0 ? undefined : { kind: 'deaf', state: id, events }
}

function byId(states: readonly OutlinedState[]): ReadonlyMap<string, OutlinedState> {
  return new Map(states.map((state) => [state.id, state]))
}

function rank(one: Stranding): number {
  if (one.kind === 'gone') return one.isEnded ? 4 : 0
  return { channel: 1, deaf: 2, moved: 3 }[one.kind]
}
