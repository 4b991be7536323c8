import type { Context } from 'hono'
import type { ChannelPauses } from '../orchestrator/operators/channel-pauses.ts'
import type { ChannelService } from '../orchestrator/operators/service-control.ts'
import type { BodyReader } from './body-reader.ts'
import { errorResponse } from './error-response.ts'
import { operationOrigin, OPERATOR_HEADERS } from './operator-headers.ts'
import type { OperationOrigin, OriginOptions } from './operator-headers.ts'
import type { Route, RouteHandler } from './route.ts'
import { CHANNEL_SHOWN, CHANNELS_SHOWN } from './control-schemas.ts'
import { errors } from './schemas.ts'
import { shownChannel } from './shown-operation.ts'

/** Parts of the routes of channels. */
export interface ChannelRouteOptions extends OriginOptions {
  /** Absent where the host has no records for pauses. */
  readonly channels: ChannelService | undefined
  readonly bodies: Pick<BodyReader, 'drop'>
}

/** Channels: list them, pause one, resume it (P25). */
export function channelRoutes(options: ChannelRouteOptions): readonly Route[] {
  const { channels } = options
  const handle = (use: (channels: ChannelService) => RouteHandler) =>
    channels === undefined ? cannotPause(options) : use(channels)
  const change = (action: string, use: ChangeChannel): Route => ({
    method: 'POST',
    path: `/channels/:channelId/${action}`,
    guard: 'token',
    request: { headers: OPERATOR_HEADERS },
    responses: { 200: CHANNEL_SHOWN, ...errors(400, 404, 501, 503) },
    handle: handle((service) => changeChannel(options, service, use)),
  })
  return [
    {
      method: 'GET',
      path: '/channels',
      guard: 'token',
      request: {},
      responses: { 200: CHANNELS_SHOWN, ...errors(501, 503) },
      handle: handle(
        ({ pauses, kept }) =>
          async (c) =>
            c.json({ items: (await pauses.all()).map(shownChannel), kept }),
      ),
    },
    change('pause', async (pauses, id, by) => (await pauses.pause(id, by)) !== undefined),
    change('resume', (pauses, id, by) => pauses.resume(id, by)),
  ]
}

/** False where saga.json has no such channel. */
type ChangeChannel = (
  pauses: ChannelPauses,
  id: string,
  by: Pick<OperationOrigin, 'operator' | 'reason'>,
) => Promise<boolean>

function changeChannel(
  options: ChannelRouteOptions,
  { pauses, kept }: ChannelService,
  change: ChangeChannel,
): RouteHandler {
  return async (c) => {
    await options.bodies.drop(c)
    const origin = operationOrigin(c, options)
    if (origin instanceof Response) return origin
    const { operator, reason } = origin
    const id = c.req.param('channelId') ?? ''
    const isKnown = await change(pauses, id, { operator, reason })
    if (!isKnown) return unknownChannel(c, pauses, id)
    const channel = (await pauses.all()).find((one) => one.channel === id)
    return channel === undefined ? unknownChannel(c, pauses, id) : c.json({ ...shownChannel(channel), kept })
  }
}

async function unknownChannel(c: Context, pauses: ChannelPauses, id: string): Promise<Response> {
  const known = (await pauses.all()).map(({ channel }) => JSON.stringify(channel)).join(', ')
  return errorResponse(
    c,
    404,
    `there is no channel "${id.slice(0, 200)}"; saga.json has ${known === '' ? 'none' : known}`,
  )
}

function cannotPause({ bodies }: Pick<ChannelRouteOptions, 'bodies'>): RouteHandler {
  return async (c) => {
    await bodies.drop(c)
    return errorResponse(
      c,
      501,
      'this service has no place for pauses, so a channel cannot be paused for all of its sagas',
    )
  }
}
