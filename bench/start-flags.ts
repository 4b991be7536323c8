import { readFileSync } from 'node:fs'

/** The flags of Node in a start script of package.json, so that a bench runs a worker as users do. */
export function startFlags(script: 'start' | 'start:kafka'): readonly string[] {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly scripts: Readonly<Record<typeof script, string>>
  }
  return manifest.scripts[script].match(/--\S+/g) ?? []
}
