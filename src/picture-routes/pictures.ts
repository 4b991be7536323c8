import type { Configuration } from '../config/examine-configuration.ts'
import type { Route } from '../http/route.ts'
import { errorResponse } from '../http/error-response.ts'
import { readParameters } from '../http/read-parameters.ts'
import { errors, NOT_MODIFIED, TEXT_SHOWN } from '../http/schemas.ts'
import { answerPicture } from './answer-picture.ts'
import { drawnChannel } from './drawn-channel.ts'
import type { DrawnService } from './drawn-service.ts'
import { getSagaPicture } from './get-saga-picture.ts'
import { MachinePictures } from './machine-pictures.ts'
import { PICTURE_QUERY } from './picture-query.ts'

/** The parts of a saga.json that its picture shows. */
export type DrawnConfiguration = Pick<Configuration, 'machine' | 'channels'>

/** Makes the routes that draw the machine of a service. */
export type PictureMaker = (configuration: DrawnConfiguration) => (service: DrawnService) => readonly Route[]

/**
 * The routes that draw the machine (C7): `/machine.svg`, `/machine.mmd`, and `/sagas/{sagaId}/machine.svg` with the path of one saga.
 * The layout is made on the first request, in slices between events, and kept. A machine that is too large is answered with 501.
 */
export const pictures: PictureMaker = ({ machine, channels }) => {
  const made = new MachinePictures(
    machine,
    channels.map((channel) => drawnChannel(channel)),
  )
  return ({ corridor, runtime }) => [
    {
      method: 'GET',
      path: '/machine.svg',
      guard: 'token',
      request: { query: PICTURE_QUERY },
      responses: { 200: TEXT_SHOWN, 304: NOT_MODIFIED, ...errors(400, 501) },
      handle: async (c) => {
        const query = readParameters(c, PICTURE_QUERY)
        if (typeof query === 'string') return errorResponse(c, 400, query)
        const tooLarge = made.tooLarge()
        if (tooLarge !== undefined) return errorResponse(c, 501, tooLarge)
        return answerPicture(c, await made.ofMachine(query, runtime))
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
      responses: { 200: TEXT_SHOWN, 304: NOT_MODIFIED, ...errors(400, 404, 500, 501, 503) },
      handle: getSagaPicture({ corridor, runtime, made }),
    },
  ]
}
