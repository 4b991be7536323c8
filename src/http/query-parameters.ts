import type { Context } from 'hono'

/** By the platform's parser, which is linear; Hono's takes quadratic time on a query of many `&` without `=`. */
export function queryParameters(c: Context): URLSearchParams {
  const { url } = c.req
  const at = url.indexOf('?')
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1))
}

/** The value of a parameter; `undefined` where it is absent, `false` where it is given more than once. */
export function onlyParameter(c: Context, name: string): string | false | undefined {
  if (!c.req.url.includes('?')) return undefined
  const values = queryParameters(c).getAll(name)
  return values.length > 1 ? false : values[0]
}
