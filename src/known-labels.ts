import type { ChannelConfiguration } from './config/channel-schema.ts'
import { storeTypeOf } from './config/persistency-schema.ts'
import type { Sections } from './config/schema.ts'
import { CREATION_EVENT } from './machine/compile.ts'
import type { MachineDefinition } from './machine/definition.ts'
import type { KnownLabels } from './ports/metrics.ts'
import { VERSION } from './version.ts'

/** The host's part of the labels. */
export interface LabelledHost {
  readonly runtime: string
  /** Type of the store where saga.json names none. */
  readonly embedded: string
}

/** The labels of metrics that saga.json bounds. */
export function knownLabels(
  { machine, channels, persistency }: Pick<Sections, 'machine' | 'channels' | 'persistency'>,
  { runtime, embedded }: LabelledHost,
): KnownLabels {
  const store = persistency === undefined ? embedded : storeTypeOf(persistency)
  return {
    openStates: machine.states.filter(({ isFinal }) => isFinal !== true).map(({ id }) => id),
    passages: passagesOf(machine),
    channels: channels.map(({ id }) => id),
    topics: channels.flatMap(topicsOf),
    build: { version: VERSION, runtime, store },
  }
}

function passagesOf({ initialState, creationEvent, states }: MachineDefinition): KnownLabels['passages'] {
  const moves = states.flatMap(({ outgoingTransitions = [] }) =>
    outgoingTransitions.map(({ inputEvent, targetState }) => [targetState, inputEvent] as const),
  )
  return [[initialState, creationEvent ?? CREATION_EVENT], ...moves]
}

function topicsOf(channel: ChannelConfiguration): KnownLabels['topics'] {
  if (channel.type !== 'kafka') return []
  return channel.configurations.inputTopics.map((topic) => [channel.id, topic] as const)
}
