// The parts of Deno's and Bun's globals that the workers use; their full types clash with Node's in one program.
declare namespace Deno {
  function serve(
    options: { hostname: string; port: number; onListen: () => void },
    handler: (request: Request) => Response | Promise<Response>,
  ): { addr: { hostname: string; port: number }; shutdown(): Promise<void> }
}
interface BunOptions {
  hostname: string
  port: number
  maxRequestBodySize: number
  /** Seconds, at most 255; 0: none. */
  idleTimeout: number
  fetch: (request: Request) => Response | Promise<Response>
}
interface BunServer {
  hostname: string
  port: number
  stop(): Promise<void>
}
declare namespace Bun {
  function serve(options: BunOptions): BunServer
}
