import type { ApiRequest } from '../api/request.ts'
import { token } from '../api/token.ts'

/** A request as a command of the shell, the token as a variable. */
export function curlOf({ method, path, headers, body }: ApiRequest): string {
  const all = { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }
  return [
    `curl -X ${method} ${quoted(new URL(path, location.href).href)}`,
    ...(token() === '' ? [] : ['-H "authorization: Bearer $API_TOKEN"']),
    ...Object.entries(all).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
  ].join(' \\\n  ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
