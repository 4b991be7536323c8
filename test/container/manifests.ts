import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, run } from '../walls/tools.ts'

/** The kinds of the examples, with their modules in `kubernetes-types`. */
const KINDS: Readonly<Record<string, string>> = {
  'v1 ConfigMap': 'core/v1',
  'v1 Service': 'core/v1',
  'apps/v1 StatefulSet': 'apps/v1',
  'apps/v1 Deployment': 'apps/v1',
  'policy/v1 PodDisruptionBudget': 'policy/v1',
}

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
}

/**
 * Checks manifests against the types of the Kubernetes API: wrong types, missing and unknown fields. Each manifest is written
 * as a literal, because TypeScript reports unknown fields of literals only. Answers the compiler's lines.
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
