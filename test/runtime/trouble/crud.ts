import { crudService, sagasCollection } from '../../fakes/crud-service.ts'
import type { CrudService } from '../../fakes/crud-service.ts'
import { HEADERS, NO_TLS, NOBODY, UNKNOWN } from './mistake.ts'
import type { Mistake } from './mistake.ts'
import type { Neighbours } from './neighbours.ts'

const READS = /look for sagas in .*GET http:\/\/127\.0\.0\.1:\d+\/sagas\//
const LET_IN = /the configured headers are not accepted/

/** One valid CRUD Service, and services that differ from one. */
export interface CrudServices extends Readonly<Record<'closed' | 'lacking' | 'readable' | 'right', CrudService>> {}

export async function startCrudServices(): Promise<CrudServices> {
  const all = sagasCollection()
  const definition = { ...all, fields: all.fields.filter(({ name }) => name !== 'latestEvent') }
  return {
    closed: await crudService({ admits: ({ secret }) => secret === 'another' }),
    // An older service, which does not tell its schemas: the start would be refused otherwise.
    lacking: await crudService({ definition, tellsSchemas: false }),
    readable: await crudService({ admits: (_, method) => method === 'GET' }),
    right: await crudService(),
  }
}

/** Mistakes in the settings of `crud`. */
export function crudMistakes(near: () => Neighbours, services: () => CrudServices): readonly Mistake[] {
  const crud = (port: number, more: object = {}) => ({
    type: 'crud',
    configurations: { host: '127.0.0.1', port, collectionName: 'sagas', headers: HEADERS, ...more },
  })
  return [
    { what: 'a wrong secret', store: () => crud(services().closed.port), told: [READS, /answered 403/, LET_IN] },
    {
      what: 'a collection that lacks a field',
      store: () => crud(services().lacking.port),
      told: [READS, /answered 400 \(Unknown field: latestEvent\)/, /the fields of examples\/crud-collection/],
      isReadable: true,
    },
    {
      what: 'a service that may only be read',
      store: () => crud(services().readable.port),
      told: [/write nothing in .*PATCH http/, /answered 403 \(You are not allowed/, LET_IN],
      isReadable: true,
    },
    {
      what: 'a collection that is not there',
      store: () => crud(services().right.port, { collectionName: 'orders' }),
      told: [/GET http:\/\/127\.0\.0\.1:\d+\/orders\//, /answered 404/, /check "collectionName"/],
    },
    { what: 'nobody there', store: () => crud(near().nobody), told: [READS, NOBODY, /host and port\?/] },
    {
      what: 'an unknown host',
      store: () => crud(near().plain, { host: 'nobody.invalid' }),
      told: [/GET http:\/\/nobody\.invalid:/, UNKNOWN, /host and port\?/],
    },
    {
      what: 'TLS where there is none',
      store: () => crud(services().right.port, { protocol: 'https' }),
      told: [/GET https/, NO_TLS, /protocol, host/],
    },
    {
      what: 'a certificate of nobody',
      store: () => crud(near().untrusted, { protocol: 'https' }),
      told: [/GET https/, /certificate/, /one that this host trusts/],
    },
    {
      what: 'something that repeats what it is told',
      store: () => crud(near().plain, { collectionName: '401' }),
      told: [/GET http:\/\/127\.0\.0\.1:\d+\/401\//, /answered 401 \(who are you, .*\[redacted\]/, LET_IN],
    },
  ]
}
