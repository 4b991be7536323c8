import type { Deploy, Stranding } from '../../api/draft.ts'

/** Sagas of a state, or sagas that owe a channel a command: their number, or `some` where the store does not count. */
export type Standing = ReadonlyMap<string, number | 'some'>

/** The sagas of the running machine; a map is absent where it is not known. */
export interface LiveSagas {
  readonly states?: Standing | undefined
  readonly channels?: Standing | undefined
}

/** A change, and the sagas that meet it; absent where their number is not known. */
export type MetStranding = Stranding & { readonly sagas?: number | 'some' | undefined }

/** The changes with their sagas, worst first. Where numbers are known, only those that meet sagas. */
export function metStrandings({ strandings, states }: Deploy, live: LiveSagas = {}): readonly MetStranding[] {
  const named = new Set([...states, ...strandings.flatMap((one) => ('state' in one ? [one.state] : []))])
  // Sagas in a state that the draft lacks, and the running file too.
  const others = [...(live.states?.keys() ?? [])].filter((state) => !named.has(state))
  const all: readonly Stranding[] = [
    ...others.map((state) => ({ kind: 'gone', state, isEnded: false }) as const),
    ...strandings,
  ]
  return all
    .map((one) => ({
      ...one,
      sagas: one.kind === 'channel' ? numberOf(live.channels, one.channel) : numberOf(live.states, one.state),
    }))
    .filter(({ sagas }) => sagas !== 0)
}

/** A name that a complete map lacks has no sagas. */
function numberOf(standing: Standing | undefined, name: string): number | 'some' | undefined {
  return standing === undefined ? undefined : (standing.get(name) ?? 0)
}
