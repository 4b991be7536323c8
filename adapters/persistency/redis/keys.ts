import type { SagaId } from '../../../src/engine/saga.ts'

/**
 * Keys of the store, all in one hash slot, since a save writes the saga and its indexes atomically. A cluster would keep all
 * sagas of a prefix on one node; Upstash is no cluster.
 */
export class RedisKeys {
  /** Prefix of a saga's key; its member follows. */
  readonly sagas: string
  /** Prefix of the key of an entity's index. */
  readonly entities: string
  /**
   * Sorted sets: by `due`; final sagas that owe nothing, by last write; all sagas and those not final, newest creation first.
   */
  readonly due: string
  readonly final: string
  readonly all: string
  readonly open: string
  /** State of the numbers of sagas; further keys of theirs have the same prefix. */
  readonly counting: string
  /** Key of the probe. */
  readonly probe: string
  /** Prefix of a record's key, the index of records by key, and the number of writes to them. */
  readonly record: string
  readonly records: string
  readonly recordWrites: string

  constructor(prefix: string) {
    const tagged = /\{[^{}]+\}/.test(prefix) ? prefix : `{${prefix}}`
    this.sagas = `${tagged}saga:`
    this.entities = `${tagged}entity:`
    this.due = `${tagged}due`
    this.final = `${tagged}final`
    this.all = `${tagged}all`
    this.open = `${tagged}open`
    this.counting = `${tagged}counting`
    this.probe = `${tagged}probe`
    this.record = `${tagged}record:`
    this.records = `${tagged}records`
    this.recordWrites = `${tagged}record-writes`
  }

  saga(id: SagaId): string {
    return this.sagas + memberOf(id)
  }

  entity(entity: string): string {
    return this.entities + memberOf(entity)
  }
}

/** An id in keys and indexes: itself, but with halves of surrogate pairs and control characters escaped. */
export function memberOf(id: string): string {
  return JSON.stringify(id).slice(1, -1)
}

/** A member that is not ours is taken as it is. */
export function idOf(member: string): string {
  try {
    return JSON.parse(`"${member}"`) as string
  } catch {
    return member
  }
}
