/** An event of a stream, as its client reads it. */
export interface ReadEvent {
  readonly event: string
  readonly id?: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A client that reads a stream on as it comes. */
export interface StreamReader {
  readonly events: ReadEvent[]
  readonly comments: string[]
  readonly hasEnded: () => boolean
  readonly leave: () => Promise<void>
}

/** Reads a stream from now on. */
export function readStream(body: ReadableStream<Uint8Array>): StreamReader {
  const events: ReadEvent[] = []
  const comments: string[] = []
  const reader = body.getReader()
  let hasEnded = false
  let text = ''
  const decoder = new TextDecoder()
  const take = ({
    done,
    value,
  }: {
    readonly done: boolean
    readonly value?: Uint8Array | undefined
  }): Promise<void> | void => {
    if (done) return void (hasEnded = true)
    text += decoder.decode(value, { stream: true })
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) if (frame.startsWith(':')) comments.push(frame)
    events.push(...frames.flatMap(readFrame))
    return reader.read().then(take)
  }
  void reader.read().then(take)
  return { events, comments, hasEnded: () => hasEnded, leave: () => reader.cancel() }
}

/** The events of a stream that has ended. */
export function readFrames(text: string): readonly ReadEvent[] {
  return text.split('\n\n').flatMap(readFrame)
}

function readFrame(frame: string): ReadEvent[] {
  const fields = new Map(
    frame.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  )
  const [event, id, data] = ['event', 'id', 'data'].map((name) => fields.get(name))
  if (event === undefined) return []
  return [{ event, ...(id !== undefined && { id }), data: JSON.parse(data ?? '') as ReadEvent['data'] }]
}
