import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificates, SERVER } from '../../../testing/broker/certificates.ts'
import { freePort } from '../../services/processes.ts'

/** Servers that a wrong address may lead to. */
export interface Neighbours {
  /** Answers by the first segment of the path, and echoes the request's headers. */
  readonly plain: number
  /** Speaks TLS, with a certificate of an unknown authority. */
  readonly untrusted: number
  /** A port without a server. */
  readonly nobody: number
  close(): Promise<void>
}

export async function startNeighbours(): Promise<Neighbours> {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-trouble-'))
  try {
    await makeCertificates(folder)
    const pem = readFileSync(join(folder, SERVER), 'utf8')
    const [plain, untrusted] = [
      createServer(answer),
      createTlsServer({ key: pem, cert: pem }, answer as RequestListener),
    ]
    return {
      plain: await listen(plain),
      untrusted: await listen(untrusted),
      nobody: await freePort(),
      close: async () => void (await Promise.all([plain, untrusted].map(close))),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Answers reads as a store without the saga does: these mistakes show in writes alone. */
const MISSING: Readonly<Record<string, number>> = { 'read-only': 403, 'no-upsert': 405, 'no-sagas': 404 }

function answer({ url = '/', method, headers }: IncomingMessage, response: ServerResponse): void {
  const way = url.split('/')[1] ?? ''
  const status = way in MISSING ? (method === 'GET' ? 404 : (MISSING[way] ?? 0)) : Number(way) || 404
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ message: `who are you, ${Object.values(headers).join()}?` }))
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((closed) => server.close(() => closed()))
}
