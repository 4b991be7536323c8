import { setTimeout as sleep } from 'node:timers/promises'
import { call } from '../../services/client.ts'

const PATHS = ['/-/healthz', '/-/ready'] as const
type ProbePath = (typeof PATHS)[number]

interface ProbeSample {
  /** Instants of the question and of its answer. */
  readonly at: number
  readonly answeredAt: number
  readonly path: ProbePath
  /** 0 without an answer. */
  readonly status: number
  readonly message: string
}

/** A time of a disturbance of the service, and the answers that its probes may or must give then. */
interface Disturbance {
  readonly from: number
  to: number
  /** Time after it in which the service may still recover. */
  readonly grace: number
  /** There may be no answer. */
  readonly silent: boolean
  /** The probes may fail. */
  readonly ill: boolean
  /** Each of these answers must be seen at least once. */
  readonly tells: readonly { readonly path: ProbePath; readonly message: RegExp }[]
  /** Times in ms after its begin between which `/-/ready` must not be healthy. */
  readonly neverWell?: readonly [number, number]
}

const EVERY = 250

/** Asks both probes all the time, and judges their answers at the end. */
export class Probes {
  readonly samples: ProbeSample[] = []
  readonly #url: string
  readonly #disturbances: Disturbance[] = []
  #isOver = false
  #asking: Promise<unknown> | undefined

  constructor(url: string) {
    this.#url = url
  }

  start(): void {
    this.#asking = Promise.all(PATHS.map((path) => this.#ask(path)))
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#asking
  }

  /** Records a disturbance of the service. */
  async during<T>(disturbance: Omit<Disturbance, 'from' | 'to'>, work: () => Promise<T>): Promise<T> {
    const noted = { ...disturbance, from: Date.now(), to: Number.POSITIVE_INFINITY }
    this.#disturbances.push(noted)
    return work().finally(() => (noted.to = Date.now()))
  }

  /** Wrong answers. */
  problems(): readonly string[] {
    return [
      ...this.samples.filter((sample) => !this.#isExcused(sample)).map((sample) => `${text(sample)} in the quiet`),
      ...this.#latest()
        .filter((sample) => sample?.status !== 200)
        .map((sample) => `${text(sample)} in the end`),
      ...this.#disturbances.flatMap((disturbance) => [...this.#untold(disturbance), ...this.#lies(disturbance)]),
    ]
  }

  /** True if both are healthy now. */
  get areWell(): boolean {
    return this.#latest().every((sample) => sample?.status === 200)
  }

  /** The longest time after a disturbance until both were healthy again. */
  get longestRecovery(): number {
    const ill = this.samples.filter(({ status }) => status === 503)
    const last = this.#disturbances.map(({ to, grace }) => {
      const after = ill.filter(({ at }) => at > to && at <= to + grace)
      return after.length === 0 ? 0 : Math.max(...after.map(({ at }) => at - to))
    })
    return Math.max(0, ...last)
  }

  /** Samples of times without a disturbance, after the recovery. */
  get quiet(): number {
    return this.samples.filter((one) => this.#around(one).length === 0).length
  }

  async #ask(path: ProbePath): Promise<void> {
    while (!this.#isOver) {
      const at = Date.now()
      const answer = await call(this.#url + path, {}, AbortSignal.timeout(5_000)).catch(() => undefined)
      const { message = '' } = (answer?.json ?? {}) as { message?: string }
      this.samples.push({ at, answeredAt: Date.now(), path, status: answer?.status ?? 0, message })
      await sleep(Math.max(0, at + EVERY - Date.now()))
    }
  }

  #latest(): readonly (ProbeSample | undefined)[] {
    return PATHS.map((path) => this.samples.findLast((one) => one.path === path))
  }

  #around({ at, answeredAt }: ProbeSample): readonly Disturbance[] {
    return this.#disturbances.filter(({ from, to, grace }) => from - EVERY <= answeredAt && at <= to + grace)
  }

  #isExcused(sample: ProbeSample): boolean {
    const { status, path, message } = sample
    if (status === 200) return true
    if (status === 503 && path === '/-/healthz') return false // no disturbance here is repaired by a restart (C7)
    const around = this.#around(sample)
    return status === 0 ? around.some(({ silent }) => silent) : message !== '' && around.some(({ ill }) => ill)
  }

  #lies({ from, neverWell: [begin, end] = [0, 0] }: Disturbance): readonly string[] {
    const asked = this.samples.filter(({ path }) => path === '/-/ready')
    const well = asked.filter(({ at, status }) => status === 200 && from + begin <= at && at < from + end)
    return well.map((sample) => `${text(sample)}, ${sample.at - from} ms after something was done to it`)
  }

  #untold({ from, to, grace, tells }: Disturbance): readonly string[] {
    const own = this.samples.filter(({ at, status }) => status === 503 && from <= at && at <= to + grace)
    const untold = tells.filter(
      ({ path, message }) => !own.some((one) => one.path === path && message.test(one.message)),
    )
    return untold.map(({ path, message }) => `${path} never said ${message} from ${from} to ${to}`)
  }
}

function text(sample: ProbeSample | undefined): string {
  return sample === undefined ? 'no answer' : `${sample.path} ${sample.status} "${sample.message}" at ${sample.at}`
}
