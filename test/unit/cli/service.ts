import { serve } from '@hono/node-server'
import { run } from '@stricli/core'
import type { AddressInfo } from 'node:net'
import { batuta } from '../../../cli/application.ts'
import { Secret } from '../../../src/config/secret.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { BUSY } from '../../fakes/channel.ts'
import { openTestApp } from '../http/test-app.ts'
import type { TestApp } from '../http/test-app.ts'
import type { Ended } from './run.ts'

/** A service on a port, whose participant is busy, and commands that talk to it. */
export interface CommandStage {
  readonly app: TestApp
  readonly url: string
  /** In this process, which is quicker than a process for each command, and without a terminal. */
  command(...args: readonly string[]): Promise<Ended>
  create(): Promise<string>
  read(id: string): Promise<SagaDocument>
  close(): void
}

const TOKEN = 'the-token'

export async function openCommandStage(variables: Record<string, string> = { USER: 'zoe' }): Promise<CommandStage> {
  const app = openTestApp({ tokens: { api: new Secret(TOKEN) }, basePath: '/flow', unexpectedEvents: 'park' })
  app.channel.always(BUSY)
  const server = serve({ fetch: app.hono.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/flow`
  const command: CommandStage['command'] = (...args) =>
    runCommand(args, { BATUTA_URL: url, API_TOKEN: TOKEN, ...variables })
  return {
    app,
    url,
    command,
    async create() {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ associatedEntityId: 'order \u001b[31m7', metadata: { n: 1 } })
      const answer = await app.hono.fetch(new Request('http://batuta/flow/saga', { method: 'POST', headers, body }))
      await app.runtime.settle()
      return ((await answer.json()) as { sagaId: string }).sagaId
    },
    read: async (id) => JSON.parse((await command('sagas', 'show', id, '--json')).stdout) as SagaDocument,
    close: () => void server.close(),
  }
}

/** Runs a command line in this process. */
export async function runCommand(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const ended = { code: 0, stdout: '', stderr: '' }
  const stdout = { write: (text: string) => void (ended.stdout += text) }
  const stderr = { write: (text: string) => void (ended.stderr += text) }
  await run(batuta, args, { process: { stdout, stderr, env }, end: (code) => void (ended.code = code) })
  return ended
}
