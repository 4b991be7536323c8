import type { StoreLink } from '../../testing/contract/faults/link.ts'
import { startTcpProxy } from './tcp-proxy.ts'

export interface TcpLine {
  /** Where the line begins. */
  readonly port: number
  readonly line: StoreLink
  readonly close: () => Promise<void>
}

/**
 * A line to a server in which a request and its answer take turns on a connection. `restart` is the server's own; where it
 * would forget everything, every connection is cut instead, as one sees it from here.
 */
export async function tcpLine(target: () => number, restart?: () => Promise<void>): Promise<TcpLine> {
  const proxy = await startTcpProxy(target)
  const line: StoreLink = {
    lose: (what, writeId) => proxy.lose(what, writeId),
    freeze: () => proxy.freeze(),
    thaw: () => proxy.thaw(),
    refuse: () => proxy.refuse(),
    accept: () => proxy.accept(),
    slow: (ms) => proxy.slow(ms),
    restart: restart ?? (() => proxy.refuse().then(() => proxy.accept())),
  }
  return { port: proxy.port, line, close: () => proxy.close() }
}
