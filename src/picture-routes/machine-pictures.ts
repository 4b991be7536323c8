import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { drawMermaid } from '../drawing/draw-mermaid.ts'
import { layoutSteps } from '../drawing/layout.ts'
import { machinePicture, type PictureChannel } from '../drawing/machine-picture.ts'
import type { Flow, Layout } from '../drawing/placed-picture.ts'
import { sagaTrail, type SagaSteps } from '../drawing/saga-trail.ts'
import { svgSteps, type SvgOptions } from '../drawing/svg/draw-svg.ts'
import type { MachineDefinition } from '../machine/definition.ts'
import { VERSION } from '../version.ts'
import type { PictureRuntime } from './drawn-service.ts'
import type { PictureParameters } from './picture-query.ts'
import { SharedSteps } from './shared-steps.ts'
import { sizeProblem } from './size-problem.ts'

/** A picture to serve. */
export interface ServedPicture {
  readonly type: 'image/svg+xml' | 'text/plain; charset=utf-8'
  /** Strong validator: a hash of the text, or of everything that decides about it. */
  readonly etag: string
  /** Draws the picture, once for all that ask for it together. */
  readonly text: () => string | Promise<string>
}

/** Pictures of the machine: right or down; light, dark or as the reader prefers. */
const FLOWS_AND_THEMES = 6
/** Pictures of sagas that are kept for other readers of the same saga: a picture of 500 states has 2 MiB. */
const SAGAS_KEPT = 4

/**
 * The pictures of one machine. Each layout, and each picture of the machine, is computed once, when it is asked for first, and beside
 * the events of the service. The picture of a saga is drawn once for all who look at the same step.
 */
export class MachinePictures {
  readonly #layout: (flow: Flow) => SharedSteps<Layout>
  readonly #machine = new Map<string, ServedPicture>()
  readonly #machineDrawing = atMost(FLOWS_AND_THEMES)
  readonly #sagaDrawing = atMost(SAGAS_KEPT)
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
    const known = this.#machine.get(key)
    if (known !== undefined) return known
    const text = await this.#machineDrawing(key, () => drawing(layout, { theme })).result(runtime)
    const picture = this.#machine.get(key) ?? served(text, 'image/svg+xml')
    this.#machine.set(key, picture)
    return picture
  }

  /** The machine with the path of a saga. The tag follows from the machine's picture and the steps, so that 304 needs no drawing. */
  async ofSaga(saga: SagaSteps, parameters: PictureParameters, runtime: PictureRuntime): Promise<ServedPicture> {
    const machine = await this.ofMachine(parameters, runtime)
    const etag = tagOf(JSON.stringify([VERSION, machine.etag, saga]))
    const text = async (): Promise<string> => {
      const layout = await this.#layout(parameters.flow).result(runtime)
      const { theme } = parameters
      return this.#sagaDrawing(etag, () => drawing(layout, { trail: sagaTrail(layout.picture, saga), theme })).result(
        runtime,
      )
    }
    return { type: 'image/svg+xml', etag, text }
  }
}

function drawing(layout: Layout, options: SvgOptions): SharedSteps<string> {
  return new SharedSteps(() => svgSteps(layout, options))
}

function served(text: string, type: ServedPicture['type']): ServedPicture {
  return { text: () => text, type, etag: tagOf(text) }
}

function tagOf(text: string): string {
  return `"${bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 12))}"`
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

/** Drawings by their keys, of which the newest are kept. */
function atMost(count: number): (key: string, make: () => SharedSteps<string>) => SharedSteps<string> {
  const kept = new Map<string, SharedSteps<string>>()
  return (key, make) => {
    const made = kept.get(key) ?? make()
    kept.delete(key)
    kept.set(key, made)
    const [oldest] = kept.keys()
    if (kept.size > count && oldest !== undefined) kept.delete(oldest)
    return made
  }
}
