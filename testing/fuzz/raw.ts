import type { Chance } from './chance.ts'
import { fuzzedRequest } from './request.ts'
import type { KnownNames } from './request.ts'

/** Bytes that a client writes to a socket: an HTTP request, well-formed or not. */
export function fuzzedBytes(chance: Chance, known: KnownNames): Uint8Array {
  const { method, target, headers, body, pieces } = fuzzedRequest(chance, known)
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: batuta.test', 'Connection: close']
  lines.push(...headers.map(([name, value]) => `${name}: ${value}`))
  if (body !== undefined) lines.push(pieces === 'whole' ? lengthLine(chance, body) : 'Transfer-Encoding: chunked')
  const head = chance.once(4) ? chance.pick(SPOILERS)(lines) : `${lines.join('\r\n')}\r\n\r\n`
  const content = body === undefined || pieces === 'whole' ? (body ?? new Uint8Array()) : chunked(chance, body)
  const bytes = Buffer.concat([Buffer.from(head), content])
  return chance.once(10) ? bytes.subarray(0, chance.upTo(bytes.byteLength)) : bytes
}

type Spoiler = (lines: readonly string[]) => string

/** Malformed heads; each host rejects or accepts them before our code runs. */
const SPOILERS: readonly Spoiler[] = [
  (lines) => `${lines.join('\n')}\n\n`,
  (lines) => `${lines.toSpliced(1, 1).join('\r\n')}\r\n\r\n`,
  (lines) => `${lines.with(0, lines[0]?.replace('1.1', '1.0') ?? '').join('\r\n')}\r\n\r\n`,
  (lines) => `${lines.with(0, lines[0]?.replace('1.1', '9.9') ?? '').join('\r\n')}\r\n\r\n`,
  (lines) => `${lines.with(0, lines[0]?.replace(' HTTP/1.1', '') ?? '').join('\r\n')}\r\n\r\n`,
  (lines) => `${lines.with(0, lines[0]?.replace(' /', ' http://other.test/') ?? '').join('\r\n')}\r\n\r\n`,
  (lines) => `${lines.with(1, 'Host: a b\u0000').join('\r\n')}\r\n\r\n`,
  (lines) => `${[...lines, 'Content-Length: 5', 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\n`,
  (lines) => `${[...lines, 'Content-Length: 5', 'Content-Length: 6'].join('\r\n')}\r\n\r\n`,
  (lines) => `${[...lines, 'Content-Length: -1'].join('\r\n')}\r\n\r\n`,
  (lines) => `${[...lines, 'Transfer-Encoding: gzip, chunked'].join('\r\n')}\r\n\r\n`,
  (lines) => `${[...lines, ' folded', 'no colon', ': no name', 'a b: c'].join('\r\n')}\r\n\r\n`,
  (lines) => `${[...lines, 'Expect: 100-continue', 'Upgrade: h2c', 'Connection: upgrade'].join('\r\n')}\r\n\r\n`,
  (lines) => `${[...lines, ...Array.from({ length: 300 }, (_, at) => `x-${at}: ${at}`)].join('\r\n')}\r\n\r\n`,
]

function lengthLine(chance: Chance, body: Uint8Array): string {
  const length = chance.once(20)
    ? chance.pick([0, body.byteLength - 1, body.byteLength + 9, 1e9, 1e30])
    : body.byteLength
  return `Content-Length: ${length}`
}

function chunked(chance: Chance, body: Uint8Array): Uint8Array {
  const half = Math.floor(body.byteLength / 2)
  const size = (bytes: Uint8Array) =>
    chance.once(12) ? chance.pick(['zz', '-1', '', 'fffffffff']) : bytes.byteLength.toString(16)
  const chunks = [body.subarray(0, half), body.subarray(half)].filter((bytes) => bytes.byteLength > 0)
  const end = chance.once(10) ? '' : '0\r\n\r\n'
  return Buffer.concat([
    ...chunks.flatMap((bytes) => [Buffer.from(`${size(bytes)}\r\n`), bytes, Buffer.from('\r\n')]),
    Buffer.from(end),
  ])
}
