import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { drawMermaid } from '../drawing/draw-mermaid.ts'
import { layoutSteps } from '../drawing/layout.ts'
import { machinePicture, type PictureChannel } from '../drawing/machine-picture.ts'
import type { Flow, Layout } from '../drawing/placed-picture.ts'
import { sagaTrail, type SagaSteps } from '../drawing/saga-trail.ts'
import { drawSvg } from '../drawing/svg/draw-svg.ts'
import type { MachineDefinition } from '../machine/definition.ts'
import type { PictureRuntime } from './drawn-service.ts'
import type { PictureParameters } from './picture-query.ts'
import { SharedSteps } from './shared-steps.ts'

/** A picture as bytes to serve. */
export interface ServedPicture {
  readonly text: string
  readonly type: 'image/svg+xml' | 'text/plain; charset=utf-8'
  /** Strong validator: a hash of the text. */
  readonly etag: string
}

/** Largest machine that a service draws as SVG: its layout takes a second or two. */
const MOST_STATES = 500
const MOST_TRANSITIONS = 2_000

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
    const picture = this.#machine.get(key) ?? served(drawSvg(layout, { theme }), 'image/svg+xml')
    this.#machine.set(key, picture)
    return picture
  }

  /** The machine with the path of a saga. */
  async ofSaga(saga: SagaSteps, { flow, theme }: PictureParameters, runtime: PictureRuntime): Promise<ServedPicture> {
    const layout = await this.#layout(flow).result(runtime)
    return served(drawSvg(layout, { trail: sagaTrail(layout.picture, saga), theme }), 'image/svg+xml')
  }
}

function sizeProblem({ states }: MachineDefinition): string | undefined {
  const transitions = states.reduce((sum, { outgoingTransitions = [] }) => sum + outgoingTransitions.length, 0)
  if (states.length <= MOST_STATES && transitions <= MOST_TRANSITIONS) return undefined
  return `a machine of ${states.length} states and ${transitions} transitions is not drawn here, which would take too long: a service draws at most ${MOST_STATES} states and ${MOST_TRANSITIONS} transitions. Use npx batuta draw saga.json, or GET /machine.mmd`
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
