import { sourceOf } from './config/hook-schema.ts'
import { hookProblem } from './config/hook-source.ts'
import type { HookFlaw, HookSource } from './config/hook-source.ts'
import type { Problem } from './config/problem.ts'
import type { Read } from './config/read.ts'
import { reasonThrown } from './engine/reason-thrown.ts'
import type { HookDefinition } from './machine/definition.ts'
import type { CommandHook, MergeHook } from './machine/hook.ts'

/** A hook as a host gets it. */
export type HookModule = Pick<HookSource, 'kind' | 'path' | 'source' | 'hash'>

/**
 * Makes a function of a hook: the default export of its source as an ES module, evaluated or compiled before. Any other value
 * than a function is refused by its caller. A rejection counts as a problem of the hook, too.
 */
export type LoadHook = (hook: HookModule) => Promise<HookLoading>

/** The default export, or what is wrong with the hook. */
export type HookLoading = { readonly run: unknown } | HookFlaw

/** The functions of a configuration's hooks. */
export interface LoadedHooks {
  readonly commandHookOf: (definition: HookDefinition) => CommandHook | undefined
  /** Absent where the configuration has none in effect. */
  readonly merge?: MergeHook | undefined
}

/** Loads every hook, or answers the problem of each that cannot be loaded. `load` is absent on a host without hooks. */
export async function loadHooks(hooks: readonly HookSource[], load: LoadHook | undefined): Promise<Read<LoadedHooks>> {
  const loaded = await Promise.all(hooks.map((hook) => loadHook(hook, load)))
  const problems = loaded.flatMap((one) => ('problem' in one ? [one.problem] : []))
  if (problems.length > 0) return { ok: false, problems }
  const functions = new Map<string, unknown>(
    loaded.flatMap((one) => ('problem' in one ? [] : [[one.hook.source, one.run] as const])),
  )
  const merge = hooks.find(({ kind }) => kind === 'merge')
  const value: LoadedHooks = {
    commandHookOf: (definition) => functions.get(sourceOf(definition) ?? '') as CommandHook | undefined,
    merge: merge && (functions.get(merge.source) as MergeHook | undefined),
  }
  return { ok: true, value, warnings: [] }
}

type LoadedHook = { readonly problem: Problem } | { readonly hook: HookSource; readonly run: unknown }

async function loadHook(hook: HookSource, load: LoadHook | undefined): Promise<LoadedHook> {
  if (load === undefined) return { problem: hookProblem(hook, NOT_LOADED) }
  try {
    const loaded = await load(hook)
    if ('found' in loaded) return { problem: hookProblem(hook, loaded) }
    const found = flawOf(loaded.run)
    return found === undefined ? { hook, run: loaded.run } : { problem: hookProblem(hook, { found }) }
  } catch (thrown) {
    return { problem: hookProblem(hook, { found: reasonThrown(thrown) }) }
  }
}

const NOT_LOADED: HookFlaw = {
  code: 'hook.not-carried',
  found: 'a hook',
  expected: 'none: this host loads no hooks',
}

const ASYNCHRONOUS: ReadonlySet<string> = new Set(['AsyncFunction', 'AsyncGeneratorFunction', 'GeneratorFunction'])

/** A hook that answers a promise, or a class, would fail with each command, so it is refused at start. */
function flawOf(run: unknown): string | undefined {
  if (typeof run !== 'function')
    return run === undefined ? 'no default export' : `a default export of the type ${typeof run}`
  const kind = Object.prototype.toString.call(run).slice(8, -1)
  if (ASYNCHRONOUS.has(kind)) return `a default export of the kind ${kind}`
  return Function.prototype.toString.call(run).startsWith('class') ? 'a class as default export' : undefined
}
