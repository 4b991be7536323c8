import { onTestFinished } from 'vitest'
import { crudPersistency } from '../../adapters/persistency/crud.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { crudService, sagasCollection } from '../fakes/crud-service.ts'
import type { CrudService, CrudServiceOptions } from '../fakes/crud-service.ts'

export const { fetch }: ReturnType<typeof nodeRuntime> = nodeRuntime('silent')

export interface StoreOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly collectionName?: string
  readonly port?: number
  readonly protocol?: 'http' | 'https'
  /** Milliseconds until an answer must be there. */
  readonly answer?: number
}

/** The adapter over a service, or over an address without one. */
export function storeOf({ host, port }: Pick<CrudService, 'host' | 'port'>, options: StoreOptions = {}): Persistency {
  const { headers = {}, collectionName = 'sagas', protocol = 'http', answer = 2_000 } = options
  const secrets = Object.entries(headers).map(([name, value]) => [name, { reveal: () => value }])
  const timeouts = { connect: 1_000, answer }
  const settings = { protocol, host, port: options.port ?? port, collectionName, timeouts }
  const store = crudPersistency({ ...settings, headers: Object.fromEntries(secrets) }, fetch)
  onTestFinished(() => store.close())
  return store
}

/** The same with the collection of Batuta, where everything is optional. */
export function ownServiceForTest(options?: CrudServiceOptions): Promise<CrudService> {
  return serviceForTest({ definition: sagasCollection(), ...options })
}

/** A service with the collection of Flow Manager, closed at the end of its test. */
export async function serviceForTest(options?: CrudServiceOptions): Promise<CrudService> {
  const service = await crudService(options)
  onTestFinished(() => service.close())
  return service
}
