import process from 'node:process'
import { crudService } from '../../../test/fakes/crud-service.ts'

/** The fake CRUD Service. Its record of requests is for tests; here it is cleared. */
const { port, requests } = await crudService()
setInterval(() => requests.splice(0), 100)
process.stdout.write(`${JSON.stringify({ url: `http://localhost:${port}` })}\n`)
process.on('SIGTERM', () => process.exit())
