import type { Configuration } from '../config/examine-configuration.ts'
import type { PictureChannel } from '../drawing/machine-picture.ts'

/** The part of a channel that a picture shows. `retry` of its own tells a reader something; the default does not. */
export function drawnChannel(channel: Configuration['channels'][number]): PictureChannel {
  const { id } = channel
  return channel.type === 'rest' ? { id, attempts: channel.configurations.retry?.attempts } : { id }
}
