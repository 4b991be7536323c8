import { mergeWith } from 'es-toolkit/compat'
import type { Metadata } from './saga.ts'

/** The payload's top-level keys replace the metadata's; nested objects are replaced whole (C2.5, the default). */
export function mergeFirstLevel(metadata: Metadata, payload: Metadata): Metadata {
  return { ...metadata, ...payload }
}

/** `deepMergeMetadata.enabled`: the semantics of lodash `mergeWith` (C2.5). Arrays meet index by index. */
export function mergeDeep(metadata: Metadata, payload: Metadata): Metadata {
  return mergeWith({}, metadata, payload, nothingSpecial) as Metadata
}

const nothingSpecial = (): undefined => undefined
