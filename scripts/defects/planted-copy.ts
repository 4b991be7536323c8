import { spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { copyParts } from '../copy-parts.ts'
import type { Copy } from '../copy-parts.ts'
import type { PlantedDefect } from './planted-defect.ts'

/** What a run of the simulation reads. */
const PARTS = ['src', 'testing', 'examples', 'scripts/simulation', 'scripts/defects', 'package.json']

/** The simulation with a defect in the code that it drives; without one, as it is. */
export function plantedCopy(defect?: PlantedDefect): Copy {
  const copy = copyParts('defect', PARTS)
  try {
    if (defect !== undefined) apply(defect, copy.root, [])
    return copy
  } catch (thrown) {
    copy.remove()
    throw thrown
  }
}

/** Throws where a patch does not fit: the code has changed since, and the defect must follow it. */
export function mustApply(defects: readonly PlantedDefect[]): void {
  const copy = plantedCopy()
  try {
    for (const defect of defects) apply(defect, copy.root, ['--check'])
  } finally {
    copy.remove()
  }
}

function apply({ name, path }: PlantedDefect, root: string, flags: readonly string[]): void {
  // A temporary folder may lie in a repository, to which git would apply the patch.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(root) }
  const args = ['apply', ...flags, resolve(path)]
  const { status, stderr, error } = spawnSync('git', args, { cwd: root, env, encoding: 'utf8' })
  if (error !== undefined) throw new Error(`plant the defect "${name}": git cannot be run, ${error.message}`)
  if (status !== 0)
    throw new Error(
      `plant the defect "${name}": ${path} does not apply any more, expected a patch of the code as it is now\n${stderr}`,
    )
}
