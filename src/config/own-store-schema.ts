import * as v from 'valibot'
import { isObject } from './json-tree.ts'
import { noArray, object, SECRET, TEXT } from './schema-parts.ts'
import { isReference, Secret } from './secret.ts'

/** A store of the host's own, under its own type. Only the host knows its settings. */
export interface OwnPersistencyConfiguration {
  readonly type: 'own'
  /** The type in the file. */
  readonly ownType: string
  readonly configurations: OwnSettings
}

/** Settings as in the file, with secret references resolved at any depth. */
export type OwnSettings = Readonly<Record<string, unknown>>

/** Any JSON value, with secret references at any depth. */
const OWN_VALUE: v.GenericSchema<unknown, unknown> = v.lazy((input): v.GenericSchema<unknown, unknown> => {
  if (input instanceof Secret || isReference(input)) return SECRET
  if (Array.isArray(input)) return v.array(OWN_VALUE)
  return isObject(input) ? OWN_SETTINGS : v.unknown()
})
/** With a message of its own: that of Valibot shows the value, which may be a secret (C2.6). */
const OWN_SETTINGS: v.GenericSchema<unknown, OwnSettings> = v.record(v.string(), OWN_VALUE, 'an object')

/** `persistencyManagement` of such a store. `examineConfiguration` checks that the host has it. */
export const OWN_STORE: v.GenericSchema<unknown, OwnPersistencyConfiguration> = v.pipe(
  object({ type: TEXT, configurations: v.optional(noArray(OWN_SETTINGS, 'an object'), {}) }),
  v.transform(({ type, configurations }): OwnPersistencyConfiguration => ({
    type: 'own',
    ownType: type,
    configurations,
  })),
)
