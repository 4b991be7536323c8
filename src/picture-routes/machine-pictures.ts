import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { drawMermaid } from '../drawing/draw-mermaid.ts'
import { layoutSteps } from '../drawing/layout.ts'
import { machinePicture, type PictureChannel } from '../drawing/machine-picture.ts'
import type { Flow, Layout } from '../drawing/placed-picture.ts'
import { sagaTrail, type SagaSteps } from '../drawing/saga-trail.ts'
import { svgSteps, type SvgOptions } from '../drawing/svg/draw-svg.ts'
import type { MachineDefinition } from '../machine/definition.ts'
import type { PictureRuntime } from './drawn-service.ts'
import type { PictureParameters } from './picture-query.ts'
import { SharedSteps } from './shared-steps.ts'
import { sizeProblem } from './size-problem.ts'

/** A picture as bytes to serve. */
export interface ServedPicture {
  readonly text: string
  readonly type: 'image/svg+xml' | 'text/plain; charset=utf-8'
  /** Strong validator: a hash of the text. */
  readonly etag: string
}

/** The pictures of one machine. Each layout is computed once, when it is asked for first, and beside the events of the service. */
export class MachinePictures {
  readonly #layout: (flow: Flow) => SharedSteps<Layout>
  readonly #machine = new Map<string, ServedPicture>()
  readonly mermaid: () => ServedPicture
  /** Why there is no SVG; `undefined` where there is one. */
  readonly tooLarge: () => string | undefined

  constructor(machine: MachineDefinition, channels: readonly PictureChannel[]) {
    const picture = kept(() => machinePicture(machine, channels))
    this.#layout = kept((flow: Flow) => new SharedSteps(() => layoutSteps(picture(), flow)))
    this.mermaid = kept(() => served(drawMermaid(picture()), 'text/plain; charset=utf-8'))
    this.tooLarge = kept(() => sizeProblem(machine))
  }

  /** The machine without a saga. */
  async ofMachine({ flow, theme }: PictureParameters, runtime: PictureRuntime): Promise<ServedPicture> {
    const layout = await this.#layout(flow).result(runtime)
    const key = `${flow} ${theme ?? ''}`
    const picture = this.#machine.get(key) ?? (await drawn(layout, { theme }, runtime))
    this.#machine.set(key, picture)
    return picture
  }

  /** The machine with the path of a saga. */
  async ofSaga(saga: SagaSteps, { flow, theme }: PictureParameters, runtime: PictureRuntime): Promise<ServedPicture> {
    const layout = await this.#layout(flow).result(runtime)
    return drawn(layout, { trail: sagaTrail(layout.picture, saga), theme }, runtime)
  }
}

async function drawn(layout: Layout, options: SvgOptions, runtime: PictureRuntime): Promise<ServedPicture> {
  return served(await new SharedSteps(() => svgSteps(layout, options)).result(runtime), 'image/svg+xml')
}

function served(text: string, type: ServedPicture['type']): ServedPicture {
  return { text, type, etag: `"${bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 12))}"` }
}

/** The function, which makes a value of each key once. */
function kept<T, K = void>(make: (key: K) => T): (key: K) => T {
  const values = new Map<K, { readonly value: T }>()
  return (key) => {
    const known = values.get(key) ?? { value: make(key) }
    values.set(key, known)
    return known.value
  }
}
