import * as v from 'valibot'
import { examineConfiguration } from '../../config/examine-configuration.ts'
import { hookProblem, type HookSource } from '../../config/hook-source.ts'
import { INSPECTORS } from '../../config/inspectors.ts'
import type { JsonObject } from '../../config/json-tree.ts'
import { MACHINE } from '../../config/machine-schema.ts'
import { parseJson, withoutByteOrderMark } from '../../config/parse-json.ts'
import type { Problem } from '../../config/problem.ts'
import { inOrder, reportFinding, reportProblem, type Report } from '../../config/report.ts'
import type { SecretSources } from '../../config/secret.ts'
import { layoutSteps } from '../../drawing/layout.ts'
import { machinePicture, type PictureChannel } from '../../drawing/machine-picture.ts'
import type { Flow } from '../../drawing/placed-picture.ts'
import type { Steps } from '../../drawing/steps.ts'
import { svgSteps } from '../../drawing/svg/draw-svg.ts'
import type { CheckingOptions } from '../../http/routes.ts'
import type { MachineDefinition } from '../../machine/definition.ts'
import { drawnChannel } from '../../picture-routes/drawn-channel.ts'
import { sizeProblem } from '../../picture-routes/size-problem.ts'
import type { CompareDraft, DraftDeploy } from './draft-deploy.ts'

/** A saga.json that is not saved anywhere. */
export interface DraftText {
  readonly text: string
  readonly flow: Flow
}

/** Results of a check of a draft, and its picture. */
export interface ExaminedDraft {
  /** As of `batuta check`, in the order of the text. References to secrets are not followed. */
  readonly reports: readonly Report[]
  /** The number of further reports. */
  readonly unreported?: number | undefined
  /** The picture of the machine; absent where `undrawn` says why. */
  readonly svg?: string | undefined
  readonly undrawn?: string | undefined
  /** Absent where the machine has not the right shape. */
  readonly deploy?: DraftDeploy | undefined
}

/** How drafts are examined. */
export interface ExamineOptions extends CheckingOptions {
  readonly compare: CompareDraft
  /** Gives other work of the thread its turn. */
  readonly breathe: () => Promise<void>
}

const MOST_REPORTS = 300

/** No reference of a draft is followed: its author may not read the files and variables of the service. */
const NO_SECRETS: SecretSources = { variable: () => undefined }

/** Checks and draws a text, valid or not. Never rejects because of the text. */
export async function examineDraft(draft: DraftText, options: ExamineOptions): Promise<ExaminedDraft> {
  const { ownStores, linearPatterns, breathe } = options
  const { configuration, problems, findings, hooks } = await examineConfiguration(draft.text, NO_SECRETS, {
    ownStores,
    judgePattern: (source) => Promise.resolve(linearPatterns.has(source)),
    inspectors: INSPECTORS,
    pause: breathe,
  })
  const all = inOrder([
    ...[...problems, ...(await hookProblems(hooks, options))].map(reportProblem),
    ...findings.map((finding) => reportFinding(finding, false)),
  ])
  const reports = all.slice(0, MOST_REPORTS)
  const unreported = all.length > reports.length ? { unreported: all.length - reports.length } : {}
  await breathe()
  const read = machineOf(draft.text)
  if (read === undefined) return { reports, ...unreported, undrawn: 'the machine has not the shape of a machine yet' }
  const deploy = options.compare(read.file, read.machine)
  const channels = configuration?.channels.map(drawnChannel) ?? []
  return { reports, ...unreported, deploy, ...(await drawn(read.machine, { channels, flow: draft.flow, breathe })) }
}

async function hookProblems(
  hooks: readonly HookSource[],
  { flawOfHook, breathe }: ExamineOptions,
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const hook of hooks) {
    const found = await flawOfHook?.(hook.source)
    if (found !== undefined) problems.push(hookProblem(hook, { found }))
    await breathe()
  }
  return problems
}

/** The machine of a text; `undefined` where it is of another shape. Its references may lead nowhere. */
function machineOf(text: string): { readonly file: JsonObject; readonly machine: MachineDefinition } | undefined {
  const parsed = parseJson(withoutByteOrderMark(text))
  if (!parsed.ok) return undefined
  const read = v.safeParse(MACHINE, parsed.value['machineDefinition'])
  return read.success ? { file: parsed.value, machine: read.output } : undefined
}

interface DrawOptions extends Pick<ExamineOptions, 'breathe'> {
  readonly channels: readonly PictureChannel[]
  readonly flow: Flow
}

async function drawn(
  machine: MachineDefinition,
  { channels, flow, breathe }: DrawOptions,
): Promise<Pick<ExaminedDraft, 'svg' | 'undrawn'>> {
  const undrawn = sizeProblem(machine)
  if (undrawn !== undefined) return { undrawn }
  const layout = await finished(layoutSteps(machinePicture(machine, channels), flow), breathe)
  return { svg: await finished(svgSteps(layout, {}), breathe) }
}

async function finished<T>(steps: Steps<T>, breathe: () => Promise<void>): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await breathe()
  }
}
