import type { VNode } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { picturePath } from '../api/paths.ts'
import { useData } from '../live/use-data.ts'
import { useNarrow } from '../live/use-narrow.ts'
import { Canvas, type CanvasOptions } from './canvas.tsx'
import { drawingOf } from './drawing.ts'

interface PictureProps extends CanvasOptions {
  /** Path of the drawing. */
  readonly path: string
  /** Reads the drawing again at its changes. */
  readonly version?: string
  /** Called once the picture, or its fallback, takes its room: parts below it wait for that, so that nothing moves. */
  readonly onReady?: (() => void) | undefined
  /** Shown where the service draws no pictures. */
  readonly fallback: VNode
}

/** A drawing of the service, with numbers on its states and with paths that step back. */
export function Picture({ path, version, onReady, fallback, ...options }: PictureProps): VNode {
  const { data, refused, reload } = useData<string>(picturePath(path, useNarrow()), { asText: true })
  const drawing = useMemo(() => (data === undefined ? undefined : drawingOf(data)), [data])
  const isReady = data !== undefined || refused !== undefined
  useEffect(() => {
    if (isReady) onReady?.()
  }, [isReady])
  const read = useRef(version)
  useEffect(() => {
    if (read.current === version) return
    read.current = version
    reload()
  }, [version])
  if (isReady && drawing === undefined) return fallback
  return (
    <div class="picture">
      {drawing === undefined ? <p class="loading">Drawing …</p> : <Canvas {...options} drawing={drawing} />}
    </div>
  )
}
