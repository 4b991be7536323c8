/** One server-sent event. */
export interface EventFrame {
  /** Name of the event. */
  readonly event: string
  /** What a client that comes back sends as `Last-Event-ID`; absent where it keeps that of an earlier event. */
  readonly id?: string | number | undefined
  readonly data: object
}

/** An event as text, as `text/event-stream` has it: JSON has no line breaks, so its data is one line. */
export function encodeFrame({ event, id, data }: EventFrame): string {
  const head = id === undefined ? '' : `id: ${id}\n`
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** A comment, which clients skip: for heartbeats, and for people who read the stream. */
export function encodeComment(text: string): string {
  return `: ${text}\n\n`
}
