import { dueOrderOf } from '../../../src/codec/due-order.ts'
import { encodeHead, encodeMetadata } from '../../../src/codec/head.ts'
import { encodeHistoryRow } from '../../../src/codec/history-row.ts'
import { opaque } from '../../../src/codec/opaque.ts'
import { fits } from '../../../src/codec/utf8-size.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { Duration, Saga, WriteId } from '../../../src/engine/saga.ts'
import type { Basis, Saved } from '../../../src/ports/persistency.ts'
import type { ScriptCall } from './transport.ts'
import { memberOf } from './keys.ts'
import type { RedisKeys } from './keys.ts'
import { classOf } from './saga-class.ts'
import { SAVE } from './scripts/save.ts'

/**
 * Bytes. Upstash accepts requests of 10 MB, and a text may double as JSON within JSON. A head carries the metadata of every
 * older step whose command is still owed (P5).
 */
export const METADATA_LIMIT = 1_000_000
const HEAD_LIMIT = 3_000_000

const { open } = opaque<Basis, WriteId>()

/** Arguments of a save. */
export interface RedisSave {
  readonly change: Change
  readonly next: Saga
  readonly basis: Basis | 'absent'
}

/** The call of a save, or the limit that it exceeds (P24). */
export function encodeSave(
  { change, next, basis }: RedisSave,
  keys: RedisKeys,
  keepFinal: Duration | undefined,
): ScriptCall | Extract<Saved, { kind: 'too-large' }> {
  const head = encodeHead(next)
  const metadata = change.step === undefined ? '' : encodeMetadata(next)
  if (!fits(metadata, METADATA_LIMIT)) return { kind: 'too-large', limit: METADATA_LIMIT }
  if (!fits(head, HEAD_LIMIT)) return { kind: 'too-large', limit: HEAD_LIMIT }
  return {
    script: SAVE,
    keys: [keys.saga(next.id), keys.due, keys.final, keys.all, keys.open, keys.entity(next.entity), keys.counting],
    args: [
      basis === 'absent' ? '' : open(basis),
      change.writeId,
      memberOf(next.id),
      String(dueOrderOf(next) ?? ''),
      head,
      ...entry(change),
      metadata,
      next.state,
      businessOf(next.business?.id),
      next.isFinal ? '1' : '0',
      memberOf(next.entity),
      String(-next.createdAt),
      String(next.updatedAt),
      keepFinal === undefined ? '' : String(keepFinal),
      classOf(next),
      oldestOf(next),
    ],
  }
}

/** Estimated bytes of a call. */
export function sizeOf({ args }: ScriptCall): number {
  return args.reduce((size, text) => size + text.length, 0)
}

/** Instant of the oldest owed command, or an empty text. */
function oldestOf({ owed }: Saga): string {
  return owed.length === 0 ? '' : String(owed.reduce((oldest, { since }) => Math.min(oldest, since), Infinity))
}

/** As JSON: "1" is not 1 (C2.1). */
export function businessOf(id: string | number | undefined): string {
  return id === undefined ? '' : JSON.stringify(id)
}

/** Field name of an event: id and label cannot run into each other (P7). */
export function fieldOf(event: string, label: string): string {
  return JSON.stringify([event, label])
}

function entry({ step, writeId }: Change): [field: string, value: string] {
  if (step === undefined) return ['', '']
  return [fieldOf(step.event.id, step.event.label), `${writeId} ${step.number} ${encodeHistoryRow(step)}`]
}

/** The script's result as the port's outcome. */
export function scriptVerdict(result: unknown, { writeId }: Pick<Change, 'writeId'>): Saved {
  if (result === 'saved') return { kind: 'saved', basis: writeId }
  if (result === 'duplicate' || result === 'conflict') return { kind: result }
  throw new TypeError(`expected a verdict of the script, found ${JSON.stringify(result)}`)
}
