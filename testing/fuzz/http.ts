import process from 'node:process'
import { Chance } from './chance.ts'
import type { FuzzResult, FuzzOptions } from './fuzz.ts'
import { fuzzedRequest } from './request.ts'
import type { FuzzedRequest, KnownNames } from './request.ts'

/** A service under test, with an empty store of its own. */
export interface FuzzedService {
  fetch(request: Request): Response | Promise<Response>
  /** Labels of its machine's events; the first one moves a new saga. */
  readonly labels: readonly string[]
  /** Log lines about failed requests since the last call. */
  failed(): readonly string[]
  close(): Promise<void>
}

/** Options of `fuzzHttp`. */
export interface HttpFuzzOptions extends FuzzOptions {
  readonly open: () => Promise<FuzzedService>
  /** The number of the first input. */
  readonly from?: number
}

/** Inputs for one service; its store is in memory. */
const LIFE = 20_000
/** After this many inputs a good creation and a good event must succeed. */
const GOOD = 100
/** Processor milliseconds of this process that an answer may take, and the addition for each byte of its request. */
const PATIENCE = { once: 250, perByte: 0.002 }
/** Milliseconds after which an answer counts as missing. */
const NEVER = 60_000

/** Sends generated requests to the HTTP door. Each must get a well-formed answer in time and have no side effect. */
export async function fuzzHttp({ inputs, seed, log, open, from = 0 }: HttpFuzzOptions): Promise<FuzzResult> {
  const outcomes: Record<string, number> = {}
  const failures: string[] = []
  for (let first = from; first < from + inputs && failures.length < 100; first += LIFE) {
    const service = await open()
    const last = Math.min(first + LIFE, from + inputs)
    for (let input = first; input < last && failures.length < 100; input += GOOD) {
      const known = { labels: service.labels, sagas: await goodSagas(service, `${seed}/${input}`) }
      const round = { service, known, seed, outcomes, failures }
      for (let at = input; at < Math.min(input + GOOD, last); at++) await judgeInput(round, at)
    }
    await service.close()
    log(`http: ${last - from} of ${inputs} inputs, ${failures.length} failures`)
  }
  return { inputs, outcomes, failures }
}

interface Round {
  readonly service: FuzzedService
  readonly known: KnownNames
  readonly seed: number
  readonly outcomes: Record<string, number>
  readonly failures: string[]
}

async function judgeInput({ service, known, seed, outcomes, failures }: Round, input: number): Promise<void> {
  const made = fuzzedRequest(Chance.of(seed, input), known)
  const { outcome, complaints } = await judge(service, made)
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  for (const complaint of complaints) failures.push(`seed ${seed}, input ${input}: ${complaint}: ${shown(made)}`)
}

interface RequestVerdict {
  readonly outcome: string
  readonly complaints: readonly string[]
}

/** Repeats a slow request: garbage collection is slow once, a bad input each time. */
async function judge(service: FuzzedService, made: FuzzedRequest): Promise<RequestVerdict> {
  const complaints: string[] = []
  const allowed = PATIENCE.once + PATIENCE.perByte * sizeOf(made)
  const { status, type, text, took } = await exchange(service, made)
  for (let again = 0, least = took; least > allowed; again++) {
    if (again === 2) {
      complaints.push(`the answer took ${Math.round(least)} ms, expected at most ${Math.round(allowed)}`)
      break
    }
    least = Math.min(least, (await exchange(service, made)).took)
  }
  if (status >= 500) complaints.push(`the answer is ${status}, expected none of the server's errors`)
  complaints.push(...shapeComplaints(made.method, { status, type, text }), ...service.failed(), ...pollution())
  return { outcome: `${made.method.slice(0, 8)} ${status}`, complaints }
}

function shapeComplaints(
  method: string,
  { status, type, text }: Pick<Exchanged, 'status' | 'type' | 'text'>,
): string[] {
  if (method === 'HEAD' || (status === 200 && type.startsWith('text/plain'))) return []
  const body = parsed(text)
  if (!type.startsWith('application/json') || body === undefined)
    return [`the answer is no JSON: ${text.slice(0, 200)}`]
  if (status < 400) return []
  const { statusCode, error, message, ...more } = (body ?? {}) as Record<string, unknown>
  const isProblem = statusCode === status && typeof error === 'string' && typeof message === 'string'
  return isProblem && Object.keys(more).length === 0 ? [] : [`the answer is no problem: ${text.slice(0, 200)}`]
}

/** Members that an input has left in `Object.prototype`. */
function pollution(): string[] {
  const left = Object.keys(Object.prototype)
  for (const key of left) delete (Object.prototype as Record<string, unknown>)[key]
  return left.map((key) => `Object.prototype has the key "${key}"`)
}

interface Exchanged {
  readonly status: number
  readonly type: string
  readonly text: string
  /** Processor milliseconds of this process. */
  readonly took: number
}

async function exchange(service: FuzzedService, made: FuzzedRequest): Promise<Exchanged> {
  const request = requestOf(made)
  const begun = process.cpuUsage()
  const answer = await inTime(service.fetch(request))
  const text = await answer.text()
  const type = answer.headers.get('content-type') ?? ''
  const { user, system } = process.cpuUsage(begun)
  return { status: answer.status, type, text, took: (user + system) / 1_000 }
}

/** A missing answer ends the run: it would block all inputs after it. */
async function inTime(answer: Response | Promise<Response>): Promise<Response> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`there is no answer within ${NEVER} ms`)), NEVER)
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer))
}

/** A host passes on only what a `Request` accepts: header values as bytes, methods that are tokens. */
function requestOf({ method, target, headers, body, pieces }: FuzzedRequest): Request {
  const list = new Headers()
  for (const [name, value] of headers) list.append(name, latin1(value))
  if (body !== undefined && pieces === 'whole') list.set('content-length', String(body.byteLength))
  const content = body === undefined || pieces === 'whole' ? body : streamOf(body, pieces === 'broken')
  const init = { method, headers, ...(content !== undefined && { body: content, duplex: 'half' }) }
  return new Request(`http://batuta.test${target}`, { ...init, headers: list } as RequestInit)
}

/** A header's value as three of the four hosts show it. */
function latin1(value: string): string {
  return Buffer.from(value).toString('latin1')
}

function streamOf(bytes: Uint8Array, isBroken: boolean): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      const end = at + 1 + Math.floor(bytes.byteLength / 3)
      controller.enqueue(bytes.subarray(at, end))
      at = end
      if (at < bytes.byteLength) return
      if (isBroken) controller.error(new TypeError('the client has gone'))
      else controller.close()
    },
  })
}

/** Checks that the door still works: creates sagas and moves the first one. Returns their ids. */
async function goodSagas(service: FuzzedService, key: string): Promise<readonly string[]> {
  const post = async (path: string, body: unknown, id: string) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': encodeURIComponent(id) }
    const request = new Request(`http://batuta.test${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = await service.fetch(request)
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`a good request to ${path} has the answer ${answer.status}: ${text}`)
    return parsed(text) as Record<string, unknown>
  }
  const sagas: string[] = []
  for (let at = 0; at < 4; at++) {
    const { sagaId } = await post('/saga', { associatedEntityId: 'good', metadata: { at } }, `good/${key}/${at}`)
    sagas.push(String(sagaId))
  }
  const value = { messageLabel: service.labels[0], messagePayload: {} }
  const { outcome } = await post('/event', { key: sagas[0], value }, `good/${key}/event`)
  if (outcome !== 'moved' && outcome !== 'duplicate') throw new Error(`a good event has the outcome ${String(outcome)}`)
  return sagas
}

function sizeOf({ target, headers, body }: FuzzedRequest): number {
  return (
    target.length +
    headers.reduce((size, [name, value]) => size + name.length + value.length, 0) +
    (body?.byteLength ?? 0)
  )
}

function shown({ method, target, headers, body, pieces }: FuzzedRequest): string {
  const text = new TextDecoder().decode(body?.subarray(0, 300))
  return JSON.stringify({
    method,
    target,
    headers: headers.map(([name, value]) => [name, value.slice(0, 80)]),
    pieces,
    text,
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
