import type { SagaId } from '../../../src/engine/saga.ts'

/**
 * Names of everything that is kept, all of it in one hash slot: a save touches its saga and the indexes at once. So a cluster
 * would put all sagas of one prefix on one node; Upstash is no cluster.
 */
export class RedisKeys {
  /** What a saga's key begins with; then comes its member. */
  readonly sagas: string
  /** What the key of an entity's index begins with. */
  readonly entities: string
  /** Sorted sets: by `due`; final and owing nothing, by last write; all and those not final, newest creation first. */
  readonly due: string
  readonly final: string
  readonly all: string
  readonly open: string
  /** Written by nothing but a probe. */
  readonly probe: string

  constructor(prefix: string) {
    const tagged = /\{[^{}]+\}/.test(prefix) ? prefix : `{${prefix}}`
    this.sagas = `${tagged}saga:`
    this.entities = `${tagged}entity:`
    this.due = `${tagged}due`
    this.final = `${tagged}final`
    this.all = `${tagged}all`
    this.open = `${tagged}open`
    this.probe = `${tagged}probe`
  }

  saga(id: SagaId): string {
    return this.sagas + memberOf(id)
  }

  entity(entity: string): string {
    return this.entities + memberOf(entity)
  }
}

/** An id as keys and indexes have it: itself, but halves of surrogate pairs and control characters written out. */
export function memberOf(id: string): string {
  return JSON.stringify(id).slice(1, -1)
}

/** A member that no write of ours has made is taken as it is. */
export function idOf(member: string): string {
  try {
    return JSON.parse(`"${member}"`) as string
  } catch {
    return member
  }
}
