import type { Redis } from 'ioredis'
import { BSON } from 'mongodb'
import type { Collection } from 'mongodb'
import { crudService, sagasCollection } from '../../fakes/crud-service.ts'
import type { CrudService } from '../../fakes/crud-service.ts'

/** Redis: each key with its type and its fields or members. */
export type RedisData = Record<
  string,
  | { readonly hash: Record<string, string> }
  | { readonly sortedSet: readonly (readonly [member: string, score: string])[] }
>

/** With this prefix, as Redis has it in its keys. */
export const REDIS_PREFIX = 'batuta:'

export async function dumpRedis(redis: Redis): Promise<RedisData> {
  const data: RedisData = {}
  for (const key of (await redis.keys('*')).toSorted()) {
    const type = await redis.type(key)
    if (type === 'hash') data[key] = { hash: await redis.hgetall(key) }
    else if (type === 'zset') {
      const flat = await redis.zrange(key, '0', '-1', 'WITHSCORES')
      const pairs = flat.flatMap((member, at) => (at % 2 === 0 ? [[member, flat[at + 1] ?? ''] as const] : []))
      data[key] = { sortedSet: pairs }
    } else throw new Error(`dump Redis: found the type "${type}" at "${key}", expected "hash" or "zset"`)
  }
  return data
}

export async function restoreRedis(redis: Redis, data: RedisData): Promise<void> {
  for (const [key, value] of Object.entries(data)) {
    if ('hash' in value) await redis.hset(key, value.hash)
    else for (const [member, score] of value.sortedSet) await redis.zadd(key, score, member)
  }
}

/** MongoDB: documents as extended JSON, so that an integer comes back as the same type of BSON. */
export type MongoData = readonly object[]

export async function dumpMongo(sagas: Collection): Promise<MongoData> {
  const documents = await sagas.find({}, { promoteValues: false, sort: { sagaId: 1 } }).toArray()
  return JSON.parse(BSON.EJSON.stringify(documents, { relaxed: false })) as MongoData
}

export async function restoreMongo(sagas: Collection, data: MongoData): Promise<void> {
  const documents = BSON.EJSON.parse(JSON.stringify(data), { relaxed: false }) as BSON.Document[]
  await sagas.insertMany(documents)
}

/** CRUD Service: documents with the fields that the service adds. */
export type CrudData = CrudService['collection']['documents']

export async function crudServiceWith(data: CrudData): Promise<CrudService> {
  const service = await crudService({ definition: sagasCollection() })
  const standard = ['_id', 'creatorId', 'createdAt', 'updaterId', 'updatedAt', '__STATE__']
  for (const document of data) {
    const own = Object.entries(document).filter(([name]) => !standard.includes(name))
    service.collection.insert(Object.fromEntries(own), 'fixture')
    service.collection.meddle(String(document['sagaId']), document)
  }
  return service
}
