import type { PictureChannel } from '../drawing/machine-picture.ts'
import type { Configuration } from '../config/examine-configuration.ts'
import type { Route } from '../http/route.ts'
import { errorResponse } from '../http/error-response.ts'
import { readParameters } from '../http/read-parameters.ts'
import { errors, NOT_MODIFIED, TEXT_SHOWN } from '../http/schemas.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import { answerPicture } from './answer-picture.ts'
import { getSagaPicture } from './get-saga-picture.ts'
import { MachinePictures } from './machine-pictures.ts'
import { PICTURE_QUERY } from './picture-query.ts'

/** The parts of a saga.json that its picture shows. */
export type DrawnConfiguration = Pick<Configuration, 'machine' | 'channels'>

/** Makes the routes that draw the machine of a service. */
export type PictureMaker = (configuration: DrawnConfiguration) => (corridor: Corridor) => readonly Route[]

/**
 * The routes that draw the machine (C7): `/machine.svg`, `/machine.mmd`, and `/sagas/{sagaId}/machine.svg` with the path of one saga.
 * The layout is made on the first request and kept.
 */
export const pictures: PictureMaker = ({ machine, channels }) => {
  const made = new MachinePictures(
    machine,
    channels.map((channel) => drawnChannel(channel)),
  )
  return (corridor) => [
    {
      method: 'GET',
      path: '/machine.svg',
      guard: 'token',
      request: { query: PICTURE_QUERY },
      responses: { 200: TEXT_SHOWN, 304: NOT_MODIFIED, ...errors(400) },
      handle: (c) => {
        const query = readParameters(c, PICTURE_QUERY)
        return typeof query === 'string' ? errorResponse(c, 400, query) : answerPicture(c, made.ofMachine(query))
      },
    },
    {
      method: 'GET',
      path: '/machine.mmd',
      guard: 'token',
      request: {},
      responses: { 200: TEXT_SHOWN, 304: NOT_MODIFIED },
      handle: (c) => answerPicture(c, made.mermaid()),
    },
    {
      method: 'GET',
      path: '/sagas/:sagaId/machine.svg',
      guard: 'token',
      request: { query: PICTURE_QUERY },
      responses: { 200: TEXT_SHOWN, 304: NOT_MODIFIED, ...errors(400, 404, 500, 503) },
      handle: getSagaPicture(corridor, made),
    },
  ]
}

/** `retry` of its own tells a reader something; the default does not. */
function drawnChannel(channel: DrawnConfiguration['channels'][number]): PictureChannel {
  const { id } = channel
  return channel.type === 'rest' ? { id, attempts: channel.configurations.retry?.attempts } : { id }
}
