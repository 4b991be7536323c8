import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventParser, type StreamEvent } from '../../../pages/console/live/event-parser.ts'

const STREAM =
  ': hello\nretry: 3000\n\nid: 7\nevent: step\ndata: {"a":1}\ndata: 2\n\r\ndata:plain\r\n\r\nid: 8\ndata: cut'

function parsed(pieces: readonly string[]): { readonly events: readonly StreamEvent[]; readonly lastId: string } {
  const events: StreamEvent[] = []
  const parser = new EventParser((event) => events.push(event))
  for (const piece of pieces) parser.feed(piece)
  parser.end()
  return { events, lastId: parser.lastId }
}

describe('C7 server-sent events on the page', () => {
  const expected = [
    { type: 'step', data: '{"a":1}\n2' },
    { type: 'message', data: 'plain' },
  ]

  test('C7 comments and unknown fields are passed over, an event that is cut is dropped', () => {
    expect(parsed([STREAM]).events).toEqual(expected)
  })

  test('C7 the id of an event that did not come is not kept: the stream is resumed before it', () => {
    expect(parsed([STREAM]).lastId).toBe('7')
  })

  test('C7 the pieces of the network make no difference', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length]
        const pieces = at.slice(1).map((end, n) => STREAM.slice(at[n], end))
        expect(parsed(pieces).events).toEqual(expected)
      }),
    )
  })
})
