import type { Configuration } from '../config/examine-configuration.ts'

/** The parts of a saga.json that the documentation shows. */
export type DocumentedConfiguration = Pick<Configuration, 'machine' | 'channels' | 'shown'>

/** The service that the documentation is about. */
export interface DocumentedService {
  readonly configuration: DocumentedConfiguration
  readonly basePath: string
  /** True where `API_TOKEN` is set. */
  readonly hasTokens: boolean
}
