import type { CommandLine } from '../command-line.ts'
import { ApiClient } from './api-client.ts'

/** Flags of every command that talks to a running service. */
export interface ServiceFlags {
  readonly url?: URL
  readonly token?: string
  readonly json: boolean
}

/** The flags, for `parameters.flags`. */
export const SERVICE_FLAGS = {
  url: {
    kind: 'parsed',
    parse: serviceUrl,
    optional: true,
    brief: 'The service, with its base path. Default: BATUTA_URL, or http://localhost:3000',
    placeholder: 'url',
  },
  token: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'The token. Default: API_TOKEN, which other users of the machine do not see',
    placeholder: 'token',
  },
  json: { kind: 'boolean', default: false, withNegated: false, brief: 'Print JSON' },
} as const

/** A client of the service that the flags and the environment name. Throws for an invalid `BATUTA_URL`. */
export function apiClient({ url, token }: ServiceFlags, { env, stderr }: CommandLine['process']): ApiClient {
  const place = url ?? serviceUrl(env['BATUTA_URL'] || 'http://localhost:3000')
  const known = env['API_TOKEN'] || env['READ_TOKEN'] || undefined
  return new ApiClient({ url: place, token: token ?? known, notice: (text) => stderr.write(text) })
}

/** Reads the address of a service; throws where it is none. */
export function serviceUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`read the address of the service: found ${JSON.stringify(text)}, expected http://host:port`)
  }
  return url
}
