import type { Fetch, LogFormat, LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { consoleLog, platformFetch, webRuntime } from './web.ts'

/** The members of `Deno` used here; `cron` exists on Deno Deploy, and with `--unstable-cron`. */
declare const Deno: {
  readonly pid: number
  /** Throws without `--allow-sys=hostname`. */
  hostname(): string
  readonly env: { get(name: string): string | undefined }
  /** `caCerts`: authorities in PEM, trusted beside the host's own. */
  createHttpClient(options: { readonly caCerts: readonly string[] }): object
  cron(name: string, schedule: string, handler: () => Promise<void>): Promise<void>
}

/** The differences between a process of one's own and Deno Deploy. */
export interface DenoPlace {
  readonly runtime: (level: LogLevel, format: LogFormat) => Runtime
  /** The store for a saga.json that names none. */
  readonly embedded: 'sqlite' | 'deno-kv'
  /** The file of the key-value store in the data folder; `undefined` on Deno Deploy, whose store has no file. */
  readonly kvFile: (dataPath: string) => string | undefined
  /** Takes the function that recovers due work, to call it at intervals; absent where timers of the process do that. */
  readonly rouse?: (look: Recover) => void
}

type Recover = () => Promise<void>

/** Detects Deno Deploy. Call it while the entry point loads: Deno Deploy accepts no cron triggers later. */
export function denoPlace(): DenoPlace {
  return Deno.env.get('DENO_DEPLOYMENT_ID') === undefined ? ownProcess() : deployed()
}

function ownProcess(): DenoPlace {
  return { runtime: denoRuntime, embedded: 'sqlite', kvFile: (dataPath) => `${dataPath}/batuta.kv` }
}

/** An isolate without requests stops, and its timers with it: a cron trigger starts one again (P19). */
function deployed(): DenoPlace {
  return {
    runtime: (level, format) => ({ ...denoRuntime(level, format), mayVanish: true }),
    embedded: 'deno-kv',
    kvFile: () => undefined,
    rouse: lookEveryMinute(),
  }
}

/** A trigger before the service has started waits for the start. */
function lookEveryMinute(): (look: Recover) => void {
  const { promise: started, resolve } = Promise.withResolvers<Recover>()
  void Deno.cron('batuta: what is due', '* * * * *', async () => (await started)())
  return resolve
}

/** Deno: the web-standard runtime. Its fetch refuses the ports that browsers block. */
export function denoRuntime(level: LogLevel, format: LogFormat = 'pino'): Runtime {
  const base = { pid: Deno.pid, hostname: hostName() }
  const web = webRuntime(
    'deno',
    consoleLog(level, (line) => console.log(line), { format, base }),
  )
  const trusting = (caCerts: readonly string[]) => denoFetch({ client: Deno.createHttpClient({ caCerts }) })
  return { ...web, fetch: denoFetch(), trusting, blocksPorts: true }
}

/** Deno repeats a request whose connection was cut before the answer, except one with a stream, which is sent in chunks. */
function denoFetch(extra: object = {}): Fetch {
  const repeating = platformFetch(extra)
  return (url, { body, ...request }) => {
    if (request.isSentOnce !== true || body === undefined) return repeating(url, { ...request, body })
    return platformFetch({ ...extra, body: new Blob([body]).stream(), duplex: 'half' })(url, request)
  }
}

/** The name of the machine, or the variable that container engines set; `undefined` where neither is permitted. */
function hostName(): string | undefined {
  for (const find of [() => Deno.hostname(), () => Deno.env.get('HOSTNAME')]) {
    try {
      return find()
    } catch {
      // The permission is missing.
    }
  }
  return undefined
}
