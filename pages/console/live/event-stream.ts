import { reach } from '../api/request.ts'
import { EventParser, type StreamEvent } from './event-parser.ts'

/** Options of `streamEvents`. */
export interface StreamOptions {
  readonly signal: AbortSignal
  readonly onEvent: (event: StreamEvent) => void
  readonly onLive: (isLive: boolean) => void
}

const RETRIES = [500, 1000, 2000, 5000]

/**
 * Reads server-sent events by `fetch`, since `EventSource` sends no token. A stream that breaks is resumed after its last event. The
 * promise ends with the signal, or where the service refuses the stream: then the caller polls.
 */
export async function streamEvents(path: string, { signal, onEvent, onLive }: StreamOptions): Promise<void> {
  const parser = new EventParser(onEvent)
  for (let failures = 0; !signal.aborted; failures++) {
    const ended = await readStream(path, { signal, parser, onLive: () => ((failures = 0), onLive(true)) })
    if (signal.aborted) return
    onLive(false)
    if (ended === 'refused') return
    await pause(RETRIES[Math.min(failures, RETRIES.length - 1)] ?? 5000, signal)
  }
}

interface OneStream {
  readonly signal: AbortSignal
  readonly parser: EventParser
  readonly onLive: () => void
}

async function readStream(path: string, { signal, parser, onLive }: OneStream): Promise<'refused' | 'broken'> {
  try {
    const last = parser.lastId === '' ? {} : { 'last-event-id': parser.lastId }
    const answer = await reach({ method: 'GET', path, signal, headers: { accept: 'text/event-stream', ...last } })
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true
    if (!answer.ok || !isStream || answer.body === null) {
      await answer.body?.cancel()
      return answer.status === 503 || answer.status === 429 ? 'broken' : 'refused'
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
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
