import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Compose, ComposeService } from './compose.ts'
import { imageOf, stagesOf } from './containerfile.ts'
import type { Image } from './containerfile.ts'
import { knownVariables, read, ROOT, seconds } from './files.ts'

/** What no schema can say of compose.yaml: that its parts fit each other, the images and the service. */
export function composeProblems(compose: Compose): readonly string[] {
  return Object.entries(compose.services).flatMap(([name, service]) =>
    [
      ...placeProblems(service, compose),
      ...orderProblems(service, compose),
      ...(service.build === undefined ? imageProblems(service) : ownProblems(service)),
      ...(name === 'worker' ? workerProblems(service) : []),
    ].map((problem) => `${name}: ${problem}`),
  )
}

/** Sources are files of the clone or volumes that are declared. */
function placeProblems({ build, volumes = [] }: ComposeService, compose: Compose): readonly string[] {
  const file = join(ROOT, build?.context ?? '', build?.dockerfile ?? '')
  return [
    ...(existsSync(file) ? [] : [`build: there is no ${build?.dockerfile}`]),
    ...volumes.flatMap((volume) => {
      const [source = '', , mode] = volume.split(':')
      if (!source.startsWith('./')) return source in compose.volumes ? [] : [`volumes: "${source}" is not declared`]
      if (!existsSync(join(ROOT, source))) return [`volumes: there is no ${source}`]
      return mode === 'ro' ? [] : [`volumes: ${source} may be written to`]
    }),
  ]
}

/** Who is waited for exists, and can come into the state that is waited for. */
function orderProblems({ depends_on = {} }: ComposeService, { services }: Compose): readonly string[] {
  return Object.entries(depends_on).flatMap(([name, { condition }]) => {
    const other = services[name]
    if (other === undefined) return [`depends_on: there is no ${name}`]
    const canBe = {
      service_healthy: other.healthcheck !== undefined,
      service_completed_successfully: other.restart === 'no',
      service_started: false, // says nothing: what was started may never be ready
    }[condition]
    return canBe === true ? [] : [`depends_on: ${name} is never ${condition}`]
  })
}

function imageProblems({ image = '' }: ComposeService): readonly string[] {
  return /^[\w./-]+:\d+\.\d+\.\d+$/.test(image) ? [] : [`image: "${image}" is not pinned to a version`]
}

/** Our own images need nothing but what they are given. */
function ownProblems(service: ComposeService): readonly string[] {
  return [
    ...(service.read_only === true ? [] : ['read_only: the root may be written to']),
    ...(service.cap_drop?.includes('ALL') === true ? [] : ['cap_drop: not all']),
    ...(service.security_opt?.includes('no-new-privileges:true') === true ? [] : ['security_opt: new privileges']),
    ...(service.restart === 'unless-stopped' ? [] : ['restart: it stays away when it ends']),
    ...commandProblems(service),
  ]
}

/** A command is a file that the image has. */
function commandProblems({ build, command = [] }: ComposeService): readonly string[] {
  const folder = join(ROOT, build?.context ?? '')
  return command.flatMap((word) => (existsSync(join(folder, word)) ? [] : [`command: there is no ${word}`]))
}

function workerProblems({ environment = {}, volumes = [], ports = [], stop_grace_period }: ComposeService) {
  const image: Image = imageOf(stagesOf(read('Containerfile')).at(-1))
  const targets = volumes.map((volume) => volume.split(':')[1])
  const wanted = ['CONFIGURATIONS_FILE_PATH', 'DATA_PATH'].map((name) => image.environment.get(name))
  const shutdown = environment['SHUTDOWN_TIMEOUT'] ?? DEFAULT_SHUTDOWN
  return [
    ...Object.keys(environment).flatMap((name) =>
      knownVariables().has(name) ? [] : [`environment: nobody reads ${name}`],
    ),
    ...wanted.flatMap((place) => (targets.includes(place) ? [] : [`volumes: nothing at ${place}`])),
    ...(ports.every((port) => port.split(':').at(-1) === image.environment.get('HTTP_PORT'))
      ? []
      : ['ports: nobody listens there']),
    ...(seconds(stop_grace_period ?? '10s') > seconds(shutdown)
      ? []
      : ['stop_grace_period: shorter than SHUTDOWN_TIMEOUT']),
  ]
}

/** As environment.ts has it. */
export const DEFAULT_SHUTDOWN: string = /SHUTDOWN_TIMEOUT: v\.optional\(WAIT, '(\w+)'\)/.exec(
  read('src/config/environment.ts'),
)?.[1] as string
