import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { validate } from 'dockerfile-utils'
import { imageOf, stagesOf } from './containerfile.ts'
import type { Image, BuildStage, BuildStep } from './containerfile.ts'
import { isCopied } from './context.ts'

export interface BuildContext {
  readonly folder: string
  /** The text of its ignore file. */
  readonly ignore: string
}

/** The problems of a Containerfile, by the rules for every image of ours. */
export function imageProblems(text: string, context: BuildContext): readonly string[] {
  const stages = stagesOf(text)
  const last = stages.at(-1)
  return [
    ...validate(text).map(({ message }) => (typeof message === 'string' ? message : message.value)),
    ...(stages.length < 2 ? ['one stage: what installs is in the image'] : []),
    ...stages.flatMap(({ image }) => (PINNED.test(image) ? [] : [`FROM ${image}: not pinned to a version`])),
    ...(new Set(stages.map(({ image }) => image)).size === 1 ? [] : ['FROM: the stages are of different images']),
    ...stages.flatMap(({ steps }) => steps.flatMap((step) => copyProblems(step, stages, context))),
    ...installProblems(stages),
    ...userProblems(imageOf(last)),
    ...startProblems(imageOf(last), last?.steps ?? []),
  ]
}

const PINNED = /^[\w./-]+:\d+\.\d+\.\d+(?:-[\w.-]+)?$/

function copyProblems(
  { keyword, flags, words }: BuildStep,
  stages: readonly BuildStage[],
  context: BuildContext,
): readonly string[] {
  if (keyword === 'ADD') return ['ADD: COPY does what it says']
  if (keyword !== 'COPY') return []
  const from = flags.get('from')
  if (from !== undefined)
    return stages.some(({ name }) => name === from) ? [] : [`COPY --from=${from}: there is no such stage`]
  return words.slice(0, -1).flatMap((source) => {
    const found = globSync(source, { cwd: context.folder })
    const isThere = found.length > 0 && found.every((path) => isCopied(context.folder, context.ignore, path))
    return isThere ? [] : [`COPY ${source}: not in the build context`]
  })
}

/** Node for a clone is an optional dependency; without the optional ones the image has one Node, its own. */
function installProblems(stages: readonly BuildStage[]): readonly string[] {
  const runs = stages.map(({ steps }) =>
    steps.filter(({ keyword }) => keyword === 'RUN').map(({ words }) => words.join(' ')),
  )
  const last = runs.at(-1)?.join('\n') ?? ''
  const installs = runs.slice(0, -1).flat()
  const ci = installs.filter((run) => run.startsWith('npm ci'))
  return [
    ...(ci.length === 1 ? [] : ['RUN npm ci: expected once, before the last stage']),
    ...ci.flatMap((run) =>
      ['--omit=dev', '--omit=optional', '--ignore-scripts'].flatMap((flag) =>
        run.split(' ').includes(flag) ? [] : [`RUN npm ci: without ${flag}`],
      ),
    ),
    ...(/\b(?:npm|npx|apt-get|apk) (?!\/)(?:ci|i|install|exec|add)/.test(last) ? ['RUN: the last stage installs'] : []),
    ...(last.includes('/usr/local/bin/npm') ? [] : ['RUN: npm is left in the last stage']),
  ]
}

function userProblems({ user }: Image): readonly string[] {
  if (user === undefined) return ['USER: missing, so root']
  return /^[1-9]\d*:[1-9]\d*$/.test(user) ? [] : [`USER ${user}: expected numbers other than root's`]
}

/** Exec form, because a shell would not forward SIGTERM. */
function startProblems(
  { entrypoint, command, healthcheck, workdir }: Image,
  steps: readonly BuildStep[],
): readonly string[] {
  const forms = { ENTRYPOINT: entrypoint, CMD: command }
  const shells = Object.entries(forms).flatMap(([name, step]) =>
    step?.isExec === true ? [] : [`${name}: ${step === undefined ? 'missing' : 'through a shell'}`],
  )
  const file = join(workdir, command?.words[0] ?? '')
  const isThere = steps.some(({ keyword, words }) => {
    const target = join(workdir, words.at(-1) ?? '')
    const places = words
      .slice(0, -1)
      .map((source) => (words.at(-1)?.endsWith('/') ? join(target, basename(source)) : target))
    return keyword === 'COPY' && places.some((place) => file === place || file.startsWith(`${place}/`))
  })
  const isChecked = healthcheck?.isExec === true || healthcheck?.words[0] === 'NONE'
  return [
    ...shells,
    ...(isThere ? [] : [`CMD: no COPY of ${file}`]),
    ...(isChecked ? [] : ['HEALTHCHECK: missing, or through a shell']),
  ]
}
