import type { Hono } from 'hono'
import { messageOf } from '../src/errors.ts'
import { openDoor } from '../src/service.ts'
import { bound } from './edge/bindings.ts'
import type { Bindings } from './edge/bindings.ts'
import { objectsCorridor } from './edge/objects.ts'
import type { RemoteSaga } from './edge/objects.ts'
import { refuse } from './edge/refuse.ts'

export { Sagas } from './edge/sagas.ts'

const doors = new WeakMap<Bindings, Promise<Hono>>()

/**
 * The door on the edge: it parses, makes ids and routes; the rest is done in the saga's object (P19). There is no
 * `scheduled`: each object has its own alarm, and a sweep has nothing to look at, as nobody can list the objects.
 */
export default {
  async fetch(request: Request, env: Bindings, context: ExecutionContext): Promise<Response> {
    const door = doors.get(env) ?? open(env)
    doors.set(env, door)
    return (await door).fetch(request, env, context)
  },
}

async function open(env: Bindings): Promise<Hono> {
  try {
    const prepared = await bound(env)
    const find = (id: string) => prepared.sagas.getByName(id) as unknown as RemoteSaga
    const corridor = objectsCorridor(find, prepared.runtime)
    return openDoor(prepared, corridor, 'durable-object', { ready: async () => ({ ok: true }) })
  } catch (thrown) {
    console.error(`batuta cannot serve: ${messageOf(thrown)}`) // nobody could set a log level yet
    return refuse()
  }
}
