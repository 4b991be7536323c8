import type { HookSource } from './hook-source.ts'

/**
 * The text of an ES module that has the hooks compiled, for hosts that evaluate no text: `HOOKS` has each function under the
 * SHA-256 of its source, so a hook that was changed afterwards is not found. esbuild and wrangler bundle the `data:` imports.
 */
export function hooksModule(hooks: readonly HookSource[]): string {
  const byHash = Map.groupBy(hooks, ({ hash }) => hash)
  const imports: string[] = []
  const entries: string[] = []
  for (const [hash, same] of byHash) {
    const name = `hook${imports.length}`
    imports.push(`import ${name} from 'data:text/javascript;base64,${base64(same[0]?.source ?? '')}'\n`)
    entries.push(`${same.map(({ path }) => `  // ${path}\n`).join('')}  '${hash}': ${name},\n`)
  }
  return `${HEAD}${imports.join('')}\nexport const HOOKS = {\n${entries.join('')}}\n`
}

const HEAD = '// Made by `batuta hooks`: the hooks of a saga.json, by the SHA-256 of their sources.\n'

function base64(source: string): string {
  const bytes = new TextEncoder().encode(source)
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
