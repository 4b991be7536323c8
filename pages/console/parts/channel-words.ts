import type { Channel } from '../api/documents.ts'

/** Trouble of a channel: a word for a line, and a sentence. */
export interface ChannelTrouble {
  readonly word: string
  readonly sentence: string
}

/** Undefined where the channel is as it should be. */
export function channelTrouble({ isPaused, circuit, reason, pausedBy }: Channel): ChannelTrouble | undefined {
  if (isPaused) {
    const [by, why] = [pausedBy === undefined ? '' : ` by ${pausedBy}`, reason === undefined ? '' : `: ${reason}`]
    return { word: 'paused', sentence: `Paused${by}${why}. Its commands stay owed until it is resumed.` }
  }
  if (circuit === 'open') {
    return { word: 'down', sentence: 'The participant gives no answer. One probe at a time is sent until it does.' }
  }
  if (circuit === 'half-open') {
    return { word: 'probing', sentence: 'The participant gave no answer; a probe is under way.' }
  }
  return undefined
}
