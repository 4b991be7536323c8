import { BatutaError } from '../src/errors.ts'

/** The optional peers of the package that workers load, with the versions that package.json asks for. */
export const PEERS = {
  '@hono/node-server': '^2.1.8',
  '@redis/client': '^5.12.1',
  '@upstash/redis': '^1.39.0',
  kafkajs: '2.2.4',
  mongodb: '^7.9.0',
  pino: '^10.4.0',
  recheck: '^4.5.0',
  undici: '^8.12.4',
} as const

/** The name of an optional peer. */
export type Peer = keyof typeof PEERS

/**
 * Loads a module that imports optional peers. Throws `package-missing` with the command that installs them where some are
 * not installed. `what` is the start of the message: `open the store "mongo"`.
 */
export async function loadWith<T>(what: string, peers: readonly Peer[], load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (thrown) {
    const missing = peers.filter((peer) => !isInstalled(peer))
    if (missing.length === 0) throw thrown
    throw missingPeers(what, missing, thrown)
  }
}

function missingPeers(what: string, missing: readonly Peer[], cause: unknown): BatutaError {
  const [names, specifiers] = [missing.map((peer) => `"${peer}"`), missing.map((peer) => `${peer}@${PEERS[peer]}`)]
  const found = `found no package ${names.join(', ')}, expected it beside batuta`
  return new BatutaError('package-missing', `${what}: ${found}: npm install ${specifiers.join(' ')}`, cause)
}

/** Node, Deno and Bun throw where a package cannot be resolved from this module. */
function isInstalled(peer: Peer): boolean {
  try {
    import.meta.resolve(peer)
    return true
  } catch {
    return false
  }
}
