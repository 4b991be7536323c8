import { passes, reach } from '../api/request.ts'
import { EventParser, type StreamEvent } from './event-parser.ts'

/** The state of a stream: none, live, or at its end, after which nothing comes any more. */
export type StreamState = 'none' | 'live' | 'over'

/** Options of `streamEvents`. */
export interface StreamOptions {
  readonly signal: AbortSignal
  readonly onEvent: (event: StreamEvent) => void
  readonly onState: (state: StreamState) => void
  /** Id of the newest event that the caller has; absent: none. */
  readonly after?: string | undefined
}

const RETRIES = [500, 1000, 2000, 5000]
const NO_CONTENT = 204

/**
 * Reads server-sent events by `fetch`, since `EventSource` sends no token. A stream that breaks is resumed after its last event. The
 * promise ends with the signal, at the end of the stream, or where the service refuses it: then the caller polls.
 */
export async function streamEvents(path: string, options: StreamOptions): Promise<void> {
  const { signal, onEvent, onState, after } = options
  let isOver = false
  const parser = new EventParser((event) => {
    if (event.type === 'end') isOver = true
    onEvent(event)
  }, after)
  for (let failures = 0; !signal.aborted; failures++) {
    const onLive = () => {
      failures = 0
      onState('live')
    }
    const ended = await readStream(path, { signal, parser, onLive })
    if (signal.aborted) return
    if (isOver || ended === 'over') return onState('over')
    onState('none')
    if (ended === 'refused') return
    await pause(RETRIES[Math.min(failures, RETRIES.length - 1)] ?? 5000, signal)
  }
}

interface OneStream {
  readonly signal: AbortSignal
  readonly parser: EventParser
  readonly onLive: () => void
}

async function readStream(path: string, { signal, parser, onLive }: OneStream): Promise<'refused' | 'broken' | 'over'> {
  try {
    const last = parser.lastId === '' ? {} : { 'last-event-id': parser.lastId }
    const answer = await reach({ method: 'GET', path, signal, headers: { accept: 'text/event-stream', ...last } })
    if (answer.status === NO_CONTENT) return 'over'
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true
    if (!answer.ok || !isStream || answer.body === null) {
      await answer.text()
      return passes(answer.status) ? 'broken' : 'refused'
    }
    onLive()
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) parser.feed(read.value)
    return 'broken'
  } catch {
    return 'broken'
  } finally {
    parser.end()
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    const end = () => {
      clearTimeout(timer)
      resolve()
    }
    signal.addEventListener('abort', end, { once: true })
  })
}
