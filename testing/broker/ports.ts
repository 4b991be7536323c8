import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the range of ports for outgoing connections, so that a restarted broker finds its ports free. */
const LOWEST = 12_000
const HIGHEST = 32_000

/** Ports of the loopback without a listener now. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = []
  for (let port = randomInt(LOWEST, HIGHEST); found.length < count; port += 1) if (await isFree(port)) found.push(port)
  return found
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
