import process from 'node:process'
import { startUpstash } from '../../../test/services/upstash.ts'

/** Upstash's protocol before the Redis at a port. What it remembers of requests is for tests, and thrown away. */
const { url, requests, commands } = await startUpstash(Number(process.argv[2]))
setInterval(() => [requests, commands].map((all) => all.splice(0)), 100)
process.stdout.write(`${JSON.stringify({ url: `http://localhost:${new URL(url).port}` })}\n`)
process.on('SIGTERM', () => process.exit())
