import { setTimeout } from 'node:timers/promises'
import type { ApiClient, ServiceFailure } from './api-client.ts'

/** A server-sent event as the service sends it. */
export interface FollowedEvent {
  readonly event: string
  /** One line of JSON. */
  readonly data: string
}

/** Milliseconds before a stream that broke off is opened again. */
const AGAIN = 3_000

/**
 * Calls `told` with each event of a stream until its end. A stream that breaks off is opened again where it was. Resolves with the
 * reason where the first one cannot be opened, or the service refuses a later one.
 */
export async function followEvents(
  client: ApiClient,
  path: string,
  told: (event: FollowedEvent) => void,
): Promise<ServiceFailure | undefined> {
  let last: string | undefined
  for (let isFirst = true; ; isFirst = false) {
    const opened = await client.open({ path, headers: last === undefined ? {} : { 'last-event-id': last } })
    if ('message' in opened && (isFirst || (opened.status !== 0 && opened.status !== 503))) return opened
    if ('body' in opened) {
      if (opened.status === 204) return undefined
      for await (const { id, ...event } of eventsOf(opened)) {
        last = id ?? last
        told(event)
        if (event.event === 'end') return undefined
      }
    }
    client.notice(`the stream broke off; opened again in ${AGAIN / 1_000} s\n`)
    await setTimeout(AGAIN)
  }
}

/** The events of one answer, until it ends or breaks off. */
async function* eventsOf({ body }: Response): AsyncGenerator<FollowedEvent & { readonly id?: string | undefined }> {
  let text = ''
  try {
    for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const frames = (text + part).split('\n\n')
      text = frames.pop() ?? ''
      for (const frame of frames) {
        const { event, data, id } = fieldsOf(frame)
        if (event !== undefined && data !== undefined) yield { event, data, id }
      }
    }
  } catch {
    // It is opened again.
  }
}

function fieldsOf(frame: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    frame.split('\n').map((line) => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
  )
}
