import type { LoadHook } from '../../src/load-hooks.ts'

/** Finds hooks among those that were compiled into the bundle, by the hash of their source: workerd evaluates no text. */
export function compiledHooks(compiled: Readonly<Record<string, unknown>>): LoadHook {
  return async ({ hash }) =>
    Object.hasOwn(compiled, hash)
      ? { run: compiled[hash] }
      : { code: 'hook.not-carried', found: 'a hook that is not compiled into this bundle', expected: HOW }
}

const HOW =
  'a bundle with the hooks of this very file: npx batuta hooks saga.json > hooks.mjs, then "#hooks" = "./hooks.mjs" under [alias] in wrangler.toml'
