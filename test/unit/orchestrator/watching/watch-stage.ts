import { vi } from 'vitest'
import { passing } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { readStream } from '../../../services/read-stream.ts'
import type { StreamReader } from '../../../services/read-stream.ts'

/** A client that watches the saga `s1` and reads on. */
export async function watch(scene: Stage, after = -1, gone?: AbortSignal): Promise<StreamReader> {
  const watched = await passing(scene.runtime, scene.orchestrator.watch({ id: 's1', after }, gone))
  if (watched.kind !== 'open') throw new Error(`watch a saga: ${watched.kind}`)
  const reader = readStream(watched.body)
  await scene.settle()
  return reader
}

/** Streams that the metrics count. */
export function watching({ metrics }: Stage): number {
  return metrics.lines
    .filter((line) => line.startsWith('watching saga'))
    .reduce((sum, line) => sum + Number(line.split(' ')[2]), 0)
}

/** Listeners of the feed at this moment. */
export function listeners({ orchestrator: { feed } }: Stage): () => number {
  let count = 0
  for (const name of ['listen', 'listenToAmends'] as const) {
    const listen = feed[name].bind(feed) as (listener: () => void) => () => void
    vi.spyOn(feed, name).mockImplementation((listener: unknown) => {
      count++
      const end = listen(listener as () => void)
      return () => {
        count--
        end()
      }
    })
  }
  return () => count
}
