import { stateNow, strandings } from '../../../src/config/strandings.ts'
import type { FileOutline, Stranding } from '../../../src/config/strandings.ts'
import type { FileChange } from './file-change.ts'
import type { LiveNumbers, LiveSagas } from './live-sagas.ts'
import type { LostParked } from './parked-events.ts'

/**
 * An effect of a deploy on live sagas. `sagas`: how many meet it; absent where that is not known. `ids`: the newest of them, where it
 * needs care and they were asked for. Beside those of `Stranding`:
 *
 * - `store`: the new file has a store of another type, in which the sagas are not.
 * - `store-settings`: values of the store differ, such as its path: are the sagas there?
 * - `parked`: parked events that would not be taken any more.
 * - `timer`: the deadline of a state has changed; its sagas keep theirs (P18).
 * - `command`: the command of a state has changed; sagas that owe it send the old one.
 * - `payload`: an event of the state has another schema, by which a payload may be refused.
 */
export type Effect = { readonly sagas?: number; readonly ids?: readonly string[] } & (
  | Stranding
  | { readonly kind: 'store'; readonly before: unknown; readonly after: unknown }
  | { readonly kind: 'store-settings'; readonly keys: readonly string[] }
  | ({ readonly kind: 'parked' } & LostParked)
  | { readonly kind: 'timer' | 'command'; readonly state: string }
  | { readonly kind: 'payload'; readonly state: string; readonly events: readonly string[] }
)

/** The files and the sagas that a deploy is planned for. */
export interface PlannedDeploy {
  readonly before: FileOutline
  readonly after: FileOutline
  readonly changes: readonly FileChange[]
  /** Absent where they are not known. */
  readonly live?: LiveSagas | undefined
  readonly lost: readonly LostParked[]
}

/**
 * The effects on live sagas, those that need care first. Where numbers are known, only effects that meet sagas, and states that go: a
 * saga may enter one before the deploy.
 */
export function effectsOf(deploy: PlannedDeploy): readonly Effect[] {
  const all = [
    ...storeEffects(deploy),
    ...strandingEffects(deploy),
    ...deploy.lost.map((one): Effect => ({ kind: 'parked', ...one })),
    ...laterEffects(deploy),
  ].filter((one) => one.sagas !== 0 || (one.kind === 'gone' && !one.isEnded))
  return [...all.filter(needsCare), ...all.filter((one) => !needsCare(one))]
}

/** True for an effect after which a saga cannot go on as before, so that somebody must act before the deploy. */
export function needsCare(effect: Effect): boolean {
  if (effect.sagas === 0) return false
  switch (effect.kind) {
    case 'gone':
      return !effect.isEnded
    case 'moved':
      return effect.events.length > 0
    case 'deaf':
    case 'channel':
    case 'store':
    case 'parked':
      return true
    case 'store-settings':
    case 'timer':
    case 'command':
    case 'payload':
      return false
  }
}

function storeEffects({ changes, live }: PlannedDeploy): readonly Effect[] {
  const ofStore = changes.filter(({ kind }) => kind === 'store')
  const type = ofStore.find(({ key }) => key === 'type')
  const numbers = known(live, openSagas)
  if (type !== undefined) return [{ kind: 'store', before: type.before, after: type.after, ...numbers }]
  const keys = ofStore.flatMap(({ key }) => key ?? [])
  return keys.length === 0 ? [] : [{ kind: 'store-settings', keys, ...numbers }]
}

function openSagas({ states }: LiveSagas): number {
  return [...states.values()].reduce((sum, { sagas }) => sum + sagas, 0)
}

function strandingEffects({ before, after, live }: PlannedDeploy): readonly Effect[] {
  return strandings(before, after, live?.states.keys()).map((one): Effect => {
    if (one.kind === 'channel')
      return { ...one, ...known(live, ({ channels }) => channels.get(one.channel)?.sagas ?? 0) }
    const numbers = known(live, ({ states }) => states.get(one.state)?.sagas ?? 0)
    // Open sagas in a state that the old file calls final: it was not so when they came, and they have not ended (I6).
    const isOpen = one.kind === 'gone' && (numbers.sagas ?? 0) > 0
    return isOpen ? { ...one, isEnded: false, ...numbers } : { ...one, ...numbers }
  })
}

/** Effects on the sagas of a state that stays: they go on, and something differs. */
function laterEffects({ changes, live, after }: PlannedDeploy): readonly Effect[] {
  const of = (kind: FileChange['kind']) => [
    ...Map.groupBy(
      changes.filter((one) => one.kind === kind),
      ({ state }) => state ?? '',
    ),
  ]
  const numbers = (state: string, mark: keyof LiveNumbers) =>
    known(live, ({ states }) => {
      const inState = [...states].filter(([id]) => stateNow(after, id) === state)
      return inState.reduce((sum, [, one]) => sum + one[mark], 0)
    })
  return [
    ...of('timeout').map(([state]): Effect => ({ kind: 'timer', state, ...numbers(state, 'sagas') })),
    ...of('command').map(([state]): Effect => ({ kind: 'command', state, ...numbers(state, 'owed') })),
    ...of('payload-schema').map(([state, all]): Effect => {
      return { kind: 'payload', state, events: all.flatMap(({ event }) => event ?? []), ...numbers(state, 'sagas') }
    }),
  ]
}

/** A count that is no lower bound of zero. */
function known(live: LiveSagas | undefined, count: (live: LiveSagas) => number): { readonly sagas?: number } {
  if (live === undefined) return {}
  const sagas = count(live)
  return sagas === 0 && !live.isComplete ? {} : { sagas }
}
