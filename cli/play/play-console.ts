import { consolePage } from '../../src/console/console.ts'
import type { ConsoleMaker } from '../../src/console/console.ts'
import type { RouteHandler } from '../../src/http/route.ts'

/**
 * The console of a play (decision 0063). The answer by which the page learns what the service offers says that this is a play, so a
 * page of any other service asks for no route below `/play` and shows none of it.
 */
export const playConsole: ConsoleMaker = (service) =>
  consolePage(service).map((route) =>
    route.path === '/console/session' ? { ...route, handle: ofPlay(route.handle) } : route,
  )

function ofPlay(handle: RouteHandler): RouteHandler {
  return async (c) => {
    const session = (await (await handle(c)).json()) as object
    return c.json({ ...session, isPlay: true })
  }
}
