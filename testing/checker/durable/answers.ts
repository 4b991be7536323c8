import type { Call } from './syscalls.ts'

/** What the answers in a write to a socket acknowledge. */
export interface Acknowledged {
  /** Ids of created sagas. */
  readonly created: readonly string[]
  /** Sagas that are in a state now. */
  readonly moved: readonly { readonly sagaId: string; readonly state: string }[]
}

const SOCKET = /^(?:socket|TCP)/
const CREATED = /\{"sagaId":"([^"]+)"\}/g
const MOVED = /\{"outcome":"(?:moved|duplicate)","sagaId":"([^"]+)","currentState":"([^"]+)"\}/g

/** True at the beginning of a write to a socket: from then on the client may know. */
export function isAnswer({ moment, path }: Call): boolean {
  return moment === 'begin' && SOCKET.test(path)
}

/** The creations and events that the text of a write to a socket answers with 200. */
export function acknowledgedBy(text: string): Acknowledged {
  if (!text.includes('HTTP/1.1 200')) return { created: [], moved: [] }
  return {
    created: Array.from(text.matchAll(CREATED), ([, sagaId = '']) => sagaId),
    moved: Array.from(text.matchAll(MOVED), ([, sagaId = '', state = '']) => ({ sagaId, state })),
  }
}
