import type { LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { consoleLog, platformFetch, webRuntime } from './web.ts'

/** The part of `Deno` that we use; `cron` is there on Deno Deploy, and with `--unstable-cron`. */
declare const Deno: {
  readonly env: { get(name: string): string | undefined }
  /** Certificates in PEM that are trusted beside the host's own. */
  createHttpClient(options: { readonly caCerts: readonly string[] }): object
  cron(name: string, schedule: string, handler: () => Promise<void>): Promise<void>
}

/** What a process of one's own and Deno Deploy lend differently. */
export interface DenoPlace {
  readonly runtime: (level: LogLevel) => Runtime
  /** The store of a saga.json that names none. */
  readonly embedded: 'sqlite' | 'deno-kv'
  /** The file of the key-value store in the data folder; `undefined` where one is lent that has none. */
  readonly kvFile: (dataPath: string) => string | undefined
  /** Is told how to look for what is due; absent where our own timers do that. */
  readonly rouse?: (look: Look) => void
}

type Look = () => Promise<void>

/** Where this is. To be asked while the entry point is loaded: Deno Deploy takes no cron triggers after that. */
export function denoPlace(): DenoPlace {
  return Deno.env.get('DENO_DEPLOYMENT_ID') === undefined ? ownProcess() : deployed()
}

function ownProcess(): DenoPlace {
  return { runtime: denoRuntime, embedded: 'sqlite', kvFile: (dataPath) => `${dataPath}/batuta.kv` }
}

/** An isolate stops when nobody asks anything of it, and its timers with it: a cron trigger starts one (P19). */
function deployed(): DenoPlace {
  return {
    runtime: (level) => ({ ...denoRuntime(level), mayVanish: true }),
    embedded: 'deno-kv',
    kvFile: () => undefined,
    rouse: lookEveryMinute(),
  }
}

/** A trigger that comes before the service has started waits for it. */
function lookEveryMinute(): (look: Look) => void {
  const { promise: started, resolve } = Promise.withResolvers<Look>()
  void Deno.cron('batuta: what is due', '* * * * *', async () => (await started)())
  return resolve
}

/** Deno: web standards all the way. */
export function denoRuntime(level: LogLevel): Runtime {
  const web = webRuntime(
    'deno',
    consoleLog(level, (line) => console.log(line)),
  )
  const trusting = (caCerts: readonly string[]) => platformFetch({ client: Deno.createHttpClient({ caCerts }) })
  return { ...web, trusting, blocksPorts: true }
}
