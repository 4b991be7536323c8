import { expect, test } from 'vitest'
import { sourceOf } from '../../../../src/orchestrator/events/event-task.ts'

test('the log line of an event names its record or its request, where there is one', () => {
  const event = { id: 'e', sagaId: 's', label: 'paid', payload: {} }
  expect(sourceOf(event)).toStrictEqual({})
  expect(sourceOf({ ...event, origin: { topic: 't' } as never, requestId: 'r' })).toStrictEqual({
    origin: { topic: 't' },
    reqId: 'r',
  })
})
