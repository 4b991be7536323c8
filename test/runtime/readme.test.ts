import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { call, eventually } from '../services/client.ts'
import { freePort } from '../services/processes.ts'

const ROOT = join(import.meta.dirname, '../..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const FIRST_SAGA = README.slice(README.indexOf('## The first saga'), README.indexOf('## A saga.json of your own'))
const blocks = (language: string) =>
  [...FIRST_SAGA.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block)

test('README.md: the commands of the first saga print the output shown there', { timeout: 60_000 }, async () => {
  const received: string[] = []
  const participant = await startParticipant(received)
  const service = await startService(participant)
  for (const block of blocks('sh').filter((one) => one.includes('curl'))) {
    const expected = block.split('\n').flatMap((line) => (line.startsWith('# ') ? [line.slice(2)] : []))
    const printed: string[] = []
    while (printed.length < expected.length) printed.push(...(await run(block.replaceAll('localhost:3000', service))))
    expect(printed).toEqual(expected)
  }
  await eventually(() => (received.length > 0 ? true : undefined))
  const [command = ''] = blocks('text')
  expect(received[0]).toBe(command.trim())
})

/** The participant of the README; answers its port. */
async function startParticipant(received: string[]): Promise<number> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push(`${String(request.headers['idempotency-key'])} ${body}`)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** The service of the README, with its own ports and folder; answers `127.0.0.1:<port>`. */
async function startService(participant: number): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'batuta-readme-'))
  const port = await freePort()
  const [, file = ''] = /CONFIGURATIONS_FILE_PATH=(\S+) npm start/.exec(FIRST_SAGA) ?? []
  const configuration = readFileSync(join(ROOT, file), 'utf8').replace('"port": 3001', `"port": ${participant}`)
  const child = spawn(process.execPath, [join(ROOT, 'workers/node.ts')], {
    env: { CONFIGURATION: configuration, DATA_PATH: data, HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port) },
    stdio: 'ignore',
  })
  onTestFinished(async () => {
    child.kill()
    await once(child, 'exit')
    rmSync(data, { recursive: true })
  })
  const ready = () => call(`http://127.0.0.1:${port}/-/ready`).then(({ status }) => status === 200 || undefined)
  await eventually(() => ready().catch(() => undefined))
  return `127.0.0.1:${port}`
}

/** The lines that a shell block prints; each answer of curl ends with a line break, as in a terminal. */
async function run(block: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('bash', ['-c', block.replaceAll('curl ', 'curl -w "\\n" ')])
  return stdout.split('\n').filter((line) => line !== '')
}
