import { once } from 'node:events'
import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly body: string
  readonly head?: string
}

/** A client that sends everything before it reads a word, as simple ones do: head, then these pieces, then it listens. */
export async function sendAllFirst(
  port: number,
  head: readonly string[],
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<RawAnswer> {
  const socket = connect({ port, host: '127.0.0.1' })
  const text = { all: '' }
  const ended = new Promise<void>((resolve, reject) => socket.once('close', () => resolve()).once('error', reject))
  ended.catch(() => undefined) // told below
  socket.pause()
  const write = (data: string | Uint8Array) =>
    new Promise<void>((resolve, reject) => socket.write(data, (error) => (error ? reject(error) : resolve())))
  try {
    await write(`${head.join('\r\n')}\r\nHost: batuta.test\r\nConnection: close\r\n\r\n`)
    for await (const piece of pieces) await write(piece)
    socket.setEncoding('utf8').on('data', (chunk: string) => void (text.all += chunk))
    socket.resume()
    await ended
  } finally {
    socket.destroy()
  }
  return parsed(text.all)
}

/** A client that writes as the test says, and what it has read so far. */
export interface RawClient {
  write(data: string | Uint8Array): void
  /** Says that nothing more comes, and reads on. */
  end(): void
  /** Goes away at once, as a process does that is killed. */
  reset(): void
  close(): void
  readonly answer: RawAnswer | undefined
  /** True if the other side has closed the connection. */
  readonly isClosed: boolean
}

export async function openRaw(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let [text, isClosed] = ['', false]
  socket.setEncoding('latin1').on('data', (data: string) => void (text += data))
  socket
    .on('end', () => void socket.end())
    .on('close', () => void (isClosed = true))
    .on('error', () => undefined)
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return {
    write: (data) => void socket.write(data),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    close: () => void socket.destroy(),
    get answer() {
      return text.includes('\r\n\r\n') ? { ...parsed(text), head: text.slice(0, text.indexOf('\r\n\r\n')) } : undefined
    },
    get isClosed() {
      return isClosed
    },
  }
}

/** One chunk of a body that does not say its length; an empty one ends it. */
export function chunk(data: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${data.byteLength.toString(16)}\r\n`), data, Buffer.from('\r\n')])
}

function parsed(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  const json = /\{.*\}/s.exec(body)?.[0] ?? body // between the lengths of chunks, where there are any
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]), body: json }
}

/** One line to a server, on which a test writes bytes as they are. */
export interface Line {
  write(bytes: string): void
  /** Resolves when the other end has closed it. */
  readonly ended: Promise<void>
  /** The answers so far, once there are so many or the line has ended. */
  answers(atLeast: number): Promise<readonly RawAnswer[]>
  destroy(): void
}

export async function connectRaw(port: number): Promise<Line> {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const text = { all: '' }
  socket.setEncoding('utf8').on('data', (chunk: string) => void (text.all += chunk))
  socket.on('error', () => undefined) // a line that is cut has ended, which is what tests ask
  return {
    write: (bytes) => void socket.write(bytes),
    ended,
    destroy: () => void socket.destroy(),
    async answers(atLeast) {
      while (answersIn(text.all).length < atLeast && !socket.closed) await Promise.race([once(socket, 'data'), ended])
      return answersIn(text.all)
    },
  }
}

/** Everything that comes back for these bytes until the other end closes the line. */
export async function exchange(port: number, bytes: string): Promise<readonly RawAnswer[]> {
  const line = await connectRaw(port)
  line.write(bytes)
  await line.ended
  return line.answers(0)
}

/** Whole answers: bodies of ours are JSON objects. */
function answersIn(text: string): readonly RawAnswer[] {
  return text
    .split(/(?=HTTP\/1\.[01] \d{3})/)
    .filter((one) => one.includes('\r\n\r\n'))
    .map(parsed)
}
