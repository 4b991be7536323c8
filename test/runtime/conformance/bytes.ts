import { expect } from 'vitest'
import type { Received } from '../../services/participant.ts'

/** No key carries two different messages (I7, P5). */
export function expectSameBytes(received: readonly Received[]): void {
  const bodies = new Map<string, string>()
  for (const { key, bytes } of received) {
    expect(bytes, key).toBe(bodies.get(key) ?? bytes)
    bodies.set(key, bytes)
  }
}
