import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, run } from '../walls/tools.ts'

/** The kinds that we use, with the module of `kubernetes-types` that has them. */
const KINDS: Readonly<Record<string, string>> = {
  'v1 ConfigMap': 'core/v1',
  'v1 Service': 'core/v1',
  'apps/v1 StatefulSet': 'apps/v1',
}

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
}

/**
 * What the types of the Kubernetes API say against manifests: wrong types, missing and unknown fields. Each is written down
 * as a literal, which TypeScript checks for fields that a type does not have.
 */
export async function misfits(manifests: readonly Manifest[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-manifests-'))
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files: ['manifests.ts'] }))
    writeFileSync(join(folder, 'manifests.ts'), manifests.map(declaration).join('\n'))
    const { output } = await run(folder, 'tsc', '-p', folder, '--pretty', 'false')
    return output.split('\n').filter((line) => line !== '')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const OPTIONS = { target: 'ES2024', module: 'NodeNext', strict: true, noEmit: true, skipLibCheck: true, types: [] }

function declaration(manifest: Manifest, number: number): string {
  const { apiVersion, kind } = manifest
  const module = KINDS[`${apiVersion} ${kind}`]
  if (module === undefined) return `export const m${number}: never = '${apiVersion} ${kind}'`
  return `export const m${number}: import('kubernetes-types/${module}.js').${kind} = ${JSON.stringify(manifest)}`
}
