import process from 'node:process'
import { startUpstash } from '../../../test/services/upstash.ts'

/** Upstash's protocol in front of the Redis at a port. Its record of requests is for tests; here it is cleared. */
const { url, requests, commands } = await startUpstash(Number(process.argv[2]))
setInterval(() => [requests, commands].map((all) => all.splice(0)), 100)
process.stdout.write(`${JSON.stringify({ url: `http://localhost:${new URL(url).port}` })}\n`)
process.on('SIGTERM', () => process.exit())
