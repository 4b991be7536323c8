import type { Configuration } from '../../../src/config/examine-configuration.ts'
import { drawHtml } from '../../../src/drawing/draw-html.ts'
import { drawMermaid } from '../../../src/drawing/draw-mermaid.ts'
import { layoutOf } from '../../../src/drawing/layout.ts'
import { machinePicture } from '../../../src/drawing/machine-picture.ts'
import type { Flow } from '../../../src/drawing/placed-picture.ts'
import { drawSvg } from '../../../src/drawing/svg/draw-svg.ts'

/** A picture's format in text; PNG is made of the page. */
export type TextFormat = 'svg' | 'mermaid' | 'html'

/** Options of `drawMachine`. */
export interface MachineDrawing {
  readonly format: TextFormat
  readonly flow: Flow
  readonly theme?: 'light' | 'dark' | undefined
  /** Title of a page. */
  readonly title: string
  /** A page reads itself anew after so many seconds. */
  readonly refresh?: number | undefined
}

/** A picture as text, with its size in pixels. */
export interface DrawnText {
  readonly text: string
  readonly width: number
  readonly height: number
}

/** The machine of a saga.json as a picture. */
export function drawMachine({ machine, channels }: Configuration, options: MachineDrawing): DrawnText {
  const { format, flow, theme, title, refresh } = options
  const known = channels.map((channel) => {
    return { id: channel.id, attempts: channel.type === 'rest' ? channel.configurations.retry?.attempts : undefined }
  })
  const picture = machinePicture(machine, known)
  if (format === 'mermaid') return { text: drawMermaid(picture), width: 0, height: 0 }
  const svg = drawSvg(layoutOf(picture, flow), { theme })
  const [, width = '0', height = '0'] = /^<svg[^>]* viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []
  const text = format === 'html' ? drawHtml(svg, { title, refresh, theme }) : svg
  return { text, width: Number(width), height: Number(height) }
}
