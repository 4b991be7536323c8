import * as v from 'valibot'
import type { MachineDefinition } from '../machine/definition.ts'
import { CHANNELS, type ChannelConfiguration } from './channel-schema.ts'
import { MACHINE } from './machine-schema.ts'
import { PERSISTENCY, type StoreConfiguration } from './persistency-schema.ts'
import { DESCRIPTION, object } from './schema-parts.ts'
import { SETTINGS, type Settings } from './settings-schema.ts'

/** The four sections of a valid saga.json (C2). */
export interface Sections {
  readonly machine: MachineDefinition
  readonly channels: readonly ChannelConfiguration[]
  /** Absent: the host's embedded store. */
  readonly persistency: StoreConfiguration | undefined
  readonly settings: Settings
}

/** The whole saga.json; `resolveSecrets` has resolved its references before. */
export const CONFIGURATION: v.GenericSchema<unknown, Sections> = v.pipe(
  object({
    $schema: v.optional(DESCRIPTION),
    machineDefinition: MACHINE,
    communicationProtocols: v.optional(CHANNELS, []),
    persistencyManagement: v.optional(PERSISTENCY, {}),
    settings: v.optional(SETTINGS, {}),
  }),
  v.transform((file) => ({
    machine: file.machineDefinition,
    channels: file.communicationProtocols,
    persistency: file.persistencyManagement,
    settings: file.settings,
  })),
)
