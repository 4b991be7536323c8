import { DockerfileParser } from 'dockerfile-ast'
import type { Instruction } from 'dockerfile-ast'
import type { ModifiableInstruction } from 'dockerfile-ast/lib/modifiableInstruction.js'

/** One line of a Containerfile, its continuations joined. */
export interface BuildStep {
  readonly keyword: string
  readonly flags: ReadonlyMap<string, string>
  /** In exec form the elements of the array, otherwise the words between blanks. */
  readonly words: readonly string[]
  readonly isExec: boolean
}

export interface BuildStage {
  readonly image: string
  readonly name: string | undefined
  readonly steps: readonly BuildStep[]
}

/** The text of a Containerfile → its stages. */
export function stagesOf(text: string): readonly BuildStage[] {
  const stages: (BuildStage & { readonly steps: BuildStep[] })[] = []
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const step = stepOf(instruction)
    const [image = '', , name] = step.words
    if (step.keyword === 'FROM') stages.push({ image, name, steps: [] })
    else stages.at(-1)?.steps.push(step)
  }
  return stages
}

/** The settings of an image: of several instructions of one kind the last one counts. */
export interface Image {
  readonly user: string | undefined
  readonly workdir: string
  readonly volumes: readonly string[]
  readonly ports: readonly string[]
  readonly environment: ReadonlyMap<string, string>
  readonly labels: ReadonlyMap<string, string>
  readonly entrypoint: BuildStep | undefined
  readonly command: BuildStep | undefined
  readonly healthcheck: BuildStep | undefined
}

export function imageOf(stage: BuildStage | undefined): Image {
  const of = (keyword: string) => (stage?.steps ?? []).filter((step) => step.keyword === keyword)
  const words = (keyword: string) => of(keyword).flatMap((step) => step.words)
  return {
    user: words('USER').at(-1),
    workdir: words('WORKDIR').at(-1) ?? '/',
    volumes: words('VOLUME'),
    ports: words('EXPOSE'),
    environment: new Map(words('ENV').map((word) => split(word))),
    labels: new Map(words('LABEL').map((word) => split(word.replaceAll('"', '')))),
    entrypoint: of('ENTRYPOINT').at(-1),
    command: of('CMD').at(-1),
    healthcheck: of('HEALTHCHECK').at(-1),
  }
}

function stepOf(instruction: Instruction): BuildStep {
  const keyword = instruction.getKeyword()
  const flags = 'getFlags' in instruction ? (instruction as ModifiableInstruction).getFlags() : []
  const parts = instruction.getArguments().map((argument) => argument.getValue())
  const words = keyword === 'HEALTHCHECK' && parts[0] === 'CMD' ? parts.slice(1) : parts
  const array = words[0]?.startsWith('[') === true ? parsed(instruction.getArgumentsContent() ?? '') : undefined
  return {
    keyword,
    flags: new Map(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
    words: array ?? words,
    isExec: array !== undefined,
  }
}

/** The array at the end of a line; `undefined` for text in brackets that is not JSON. */
function parsed(content: string): readonly string[] | undefined {
  try {
    return JSON.parse(content.slice(content.indexOf('['))) as string[]
  } catch {
    return undefined
  }
}

function split(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
}
