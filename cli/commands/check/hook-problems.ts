import { flawOfHook } from '../../../adapters/hooks/check-hook.ts'
import { hookProblem } from '../../../src/config/hook-source.ts'
import type { HookSource } from '../../../src/config/hook-source.ts'
import type { Problem } from '../../../src/config/problem.ts'

/** The problems of hooks that are no usable modules: each is compiled, and none is evaluated. */
export function hookProblems(hooks: readonly HookSource[]): readonly Problem[] {
  return hooks.flatMap((hook) => {
    const found = flawOfHook(hook.source)
    return found === undefined ? [] : [hookProblem(hook, { found })]
  })
}
