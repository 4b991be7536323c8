import { expect } from 'vitest'
import type { Received } from '../../services/participant.ts'

/** No key carries two different messages, handed-on headers included (I7, P5, P29). */
export function expectSameBytes(received: readonly Received[]): void {
  const bodies = new Map<string, string>()
  for (const { key, bytes, headers } of received) {
    const message = JSON.stringify([bytes, handedOn(headers)])
    expect(message, key).toBe(bodies.get(key) ?? message)
    bodies.set(key, message)
  }
}

/** Headers of a command that it has not of its own, in their order. */
export function handedOn(headers: Received['headers']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => /^(?:mia|x-|is|auth|cookie)/.test(name)))
}
