import type { Runtime } from '../src/ports/runtime.ts'
import type { Service } from '../src/start.ts'

/** The end of a running HTTP server. */
export interface ClosableListener {
  /** Called before `close`: answers end their connections from then on. */
  leave?(): void
  /** Refuses new requests and resolves when those under way have ended. */
  close(): Promise<void>
}

/** Share of `SHUTDOWN_TIMEOUT` that the wait may take: the rest is for requests and sends under way. */
const WAIT_SHARE = 0.5

/**
 * Stops a running service within `SHUTDOWN_TIMEOUT` (C7): sources leave and probes answer KO at once, requests are served for
 * `WAIT_BEFORE_SERVER_CLOSE_SEC`, then requests and sends under way end. `hurry` ends the wait, or leaves it out.
 */
export async function endService(service: Service, listener: ClosableListener, hurry: AbortSignal): Promise<void> {
  const { runtime, environment, leave, stop } = service
  const { shutdownTimeout, waitBeforeClose } = environment
  const deadline = runtime.monotonic() + shutdownTimeout
  const milliseconds = Math.min(waitBeforeClose, shutdownTimeout * WAIT_SHARE)
  leave()
  listener.leave?.()
  if (milliseconds > 0 && !hurry.aborted) {
    runtime.log.write('service.leaving', { milliseconds })
    await passed(milliseconds, runtime, hurry)
  }
  runtime.log.write('service.stopping')
  await stop(Math.max(0, deadline - runtime.monotonic()), listener.close())
}

/** Resolves after a time, or when `hurry` is aborted. */
function passed(milliseconds: number, runtime: Runtime, hurry: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = runtime.after(milliseconds, resolve)
    hurry.addEventListener('abort', () => (cancel(), resolve()), { once: true })
  })
}
