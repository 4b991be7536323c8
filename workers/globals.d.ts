// What the workers use of Deno's and Bun's globals; their full types clash with Node's in one program.
declare namespace Deno {
  function serve(
    options: { port: number; onListen: () => void },
    handler: (request: Request) => Response | Promise<Response>,
  ): { addr: { port: number }; shutdown(): Promise<void> }
}
declare namespace Bun {
  function serve(options: {
    port: number
    maxRequestBodySize: number
    fetch: (request: Request) => Response | Promise<Response>
  }): { port: number; stop(): Promise<void> }
}
