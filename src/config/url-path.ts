import * as v from 'valibot'

const A_PATH = 'a path that begins with "/"'
const NO_FRAGMENT = 'a path without "#", backslashes and control characters'

/** Path of a channel. It may have a query, which is sent and never shown (C2.6). */
export const PATH: v.GenericSchema<unknown, string> = v.pipe(
  v.string(A_PATH),
  v.startsWith('/', A_PATH),
  v.check((path) => !path.startsWith('/') || isPath(path), NO_FRAGMENT),
)

const NO_QUERY = 'a path without "?" and "#", since the id of each saga is appended to it'

/** Path of a store. It has no query: the ids of sagas are appended to the path. */
export const STORE_PATH: v.GenericSchema<unknown, string> = v.pipe(
  PATH,
  v.check((path) => !path.includes('?'), NO_QUERY),
)

/** True if `fetch` sends a path as written or percent-encoded. It drops fragments, line breaks and tabs, and turns "\" into "/". */
export function isPath(text: string): boolean {
  return /^\/[^#\\\u0000-\u001F\u007F]*$/.test(text) && text.isWellFormed()
}

const A_COLLECTION = 'a collection as in the path of the CRUD Service, without "?", "#", backslashes and dot segments'

/** A collection of the CRUD Service (C2.4). Its characters are percent-encoded, so blanks are allowed. */
export const COLLECTION: v.GenericSchema<unknown, string> = v.pipe(
  v.string('a string that is not empty'),
  v.nonEmpty('a string that is not empty'),
  v.check((name) => name === '' || isCollection(name), A_COLLECTION),
)

function isCollection(name: string): boolean {
  const parts = name.split('/').filter((part) => part !== '')
  return isPath(`/${name}`) && !name.includes('?') && parts.length > 0 && !parts.some((part) => /^\.\.?$/.test(part))
}
