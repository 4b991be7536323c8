import process from 'node:process'
import { crudService } from '../../../test/fakes/crud-service.ts'

/** The CRUD Service's fake. What it remembers of requests is for tests, and thrown away. */
const { port, requests } = await crudService()
setInterval(() => requests.splice(0), 100)
process.stdout.write(`${JSON.stringify({ url: `http://localhost:${port}` })}\n`)
process.on('SIGTERM', () => process.exit())
