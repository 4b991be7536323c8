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

/** Opens a stream of a service. Throws where the answer is none. */
export async function openStream(url: string, headers: Readonly<Record<string, string>> = {}): Promise<StreamReader> {
  const answer = await fetch(url, { headers })
  if (answer.status !== 200 || answer.body === null) throw new Error(`watch ${url}: ${answer.status}`)
  return readStream(answer.body)
}

/** Events as their name and id: `step 3`, `saga`. */
export function namesOf({ events }: Pick<StreamReader, 'events'>): readonly string[] {
  return events.map(({ event, id }) => (id === undefined ? event : `${event} ${id}`))
}

/** Reads a stream from now on. */
export function readStream(body: ReadableStream<Uint8Array>): StreamReader {
  const events: ReadEvent[] = []
  const comments: string[] = []
  const reader = body.getReader()
  let hasEnded = false
  const end = (): void => void (hasEnded = true)
  let text = ''
  const decoder = new TextDecoder()
  const take = ({
    done,
    value,
  }: {
    readonly done: boolean
    readonly value?: Uint8Array | undefined
  }): Promise<void> | void => {
    if (done) return end()
    text += decoder.decode(value, { stream: true })
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) if (frame.startsWith(':')) comments.push(frame)
    events.push(...frames.flatMap(readFrame))
    return reader.read().then(take)
  }
  // A connection that breaks off is an end too.
  void reader.read().then(take).catch(end)
  return { events, comments, hasEnded: () => hasEnded, leave: () => reader.cancel() }
}

function readFrame(frame: string): ReadEvent[] {
  const fields = new Map(
    frame.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  )
  const [event, id, data] = ['event', 'id', 'data'].map((name) => fields.get(name))
  if (event === undefined) return []
  return [{ event, ...(id !== undefined && { id }), data: JSON.parse(data ?? '') as ReadEvent['data'] }]
}
