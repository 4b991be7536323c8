import { element } from './element.ts'
import type { FormRequest } from './request-form.ts'
import { beginningOf, isStream } from './stream-beginning.ts'
import { authorization, token } from './token.ts'

/** An answer of the service, read to its end; of a stream, the first seconds. */
export interface Answered {
  readonly status: number
  readonly nodes: readonly Node[]
  /** The JSON of the body; `undefined` where it is none. */
  readonly json: unknown
}

const SHOWN_HEADERS = ['content-type', 'retry-after', 'allow', 'www-authenticate']

/** Sends a request to the service of the page. Throws a `TypeError` where there is no answer. */
export async function answerOf(request: FormRequest): Promise<Answered> {
  const begun = performance.now()
  const { method, headers, body } = request
  const answer = await fetch(request.url, {
    method,
    headers: { ...authorization(), ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
  })
  const text = isStream(answer) ? await beginningOf(answer) : await answer.text()
  const json = jsonOf(text)
  const took = Math.round(performance.now() - begun)
  const line = element(
    'p',
    { class: answer.ok ? 'status' : 'status bad' },
    `${answer.status} ${answer.statusText} · ${took} ms`,
  )
  const given = SHOWN_HEADERS.flatMap((name) => {
    const value = answer.headers.get(name)
    return value === null ? [] : [`${name}: ${value}`]
  })
  return {
    status: answer.status,
    json,
    nodes: [
      line,
      element('p', { class: 'hint' }, given.join(' · ')),
      element('pre', { tabindex: 0 }, json === undefined ? text : JSON.stringify(json, undefined, 2)),
      curl(request),
    ],
  }
}

/** The request as a command of the shell, the token as a variable. */
function curl({ method, url, headers, body }: FormRequest): Node {
  const all = { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) }
  const parts = [
    ['curl -X', method, quoted(new URL(url, location.href).href)].join(' '),
    ...(token() === '' ? [] : ['-H "authorization: Bearer $API_TOKEN"']),
    ...Object.entries(all).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
  ]
  return element('details', {}, element('summary', {}, 'curl'), element('pre', { tabindex: 0 }, parts.join(' \\\n  ')))
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
