import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Compose, ComposeService } from './compose.ts'
import { imageOf, stagesOf } from './containerfile.ts'
import type { Image } from './containerfile.ts'
import { knownVariables, read, ROOT, seconds } from './files.ts'

/** The problems of a Compose file in `folder` that no schema finds: its parts fit each other, the images and the service. */
export function composeProblems(compose: Compose, folder = ROOT): readonly string[] {
  return Object.entries(compose.services).flatMap(([name, service]) =>
    [
      ...placeProblems(service, compose, folder),
      ...orderProblems(service, compose),
      ...(service.build === undefined ? imageProblems(service) : ownProblems(service, folder)),
      ...(name === 'worker' ? workerProblems(service) : []),
    ].map((problem) => `${name}: ${problem}`),
  )
}

/** Each source is a file of the clone or a declared volume. */
function placeProblems({ build, volumes = [] }: ComposeService, compose: Compose, folder: string): readonly string[] {
  const file = join(folder, build?.context ?? '', build?.dockerfile ?? '')
  return [
    ...(existsSync(file) ? [] : [`build: there is no ${build?.dockerfile}`]),
    ...volumes.flatMap((volume) => {
      const [source = '', , mode] = volume.split(':')
      if (!/^\.\.?\//.test(source)) return source in compose.volumes ? [] : [`volumes: "${source}" is not declared`]
      if (!existsSync(join(folder, source))) return [`volumes: there is no ${source}`]
      return mode === 'ro' ? [] : [`volumes: ${source} is writable`]
    }),
  ]
}

/** Each awaited service exists and can reach the awaited state. */
function orderProblems({ depends_on = {} }: ComposeService, { services }: Compose): readonly string[] {
  return Object.entries(depends_on).flatMap(([name, { condition }]) => {
    const other = services[name]
    if (other === undefined) return [`depends_on: there is no ${name}`]
    const canBe = {
      service_healthy: other.healthcheck !== undefined,
      service_completed_successfully: other.restart === 'no',
      service_started: false, // a started service may never be ready
    }[condition]
    return canBe === true ? [] : [`depends_on: ${name} is never ${condition}`]
  })
}

function imageProblems({ image = '' }: ComposeService): readonly string[] {
  return /^[\w./-]+:v?\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(image) ? [] : [`image: "${image}" is not pinned to a version`]
}

/** A service of one of our own images has a read-only root and no rights, and is restarted unless it runs once. */
function ownProblems(service: ComposeService, folder: string): readonly string[] {
  return [
    ...(service.read_only === true ? [] : ['read_only: the root is writable']),
    ...(service.cap_drop?.includes('ALL') === true ? [] : ['cap_drop: not all']),
    ...(service.security_opt?.includes('no-new-privileges:true') === true ? [] : ['security_opt: new privileges']),
    ...(service.restart === 'unless-stopped' || service.entrypoint !== undefined
      ? []
      : ['restart: it is not started again']),
    ...(service.entrypoint === undefined ? commandProblems(service, folder) : []),
  ]
}

/** Without an entrypoint of its own, the command of a service is a file of the image. */
function commandProblems({ build, command = [] }: ComposeService, folder: string): readonly string[] {
  const context = join(folder, build?.context ?? '')
  return command.flatMap((word) => (existsSync(join(context, word)) ? [] : [`command: there is no ${word}`]))
}

function workerProblems({ environment = {}, volumes = [], ports = [], stop_grace_period }: ComposeService) {
  const image: Image = imageOf(stagesOf(read('Containerfile')).at(-1))
  const targets = volumes.map((volume) => volume.split(':')[1])
  const wanted = ['CONFIGURATIONS_FILE_PATH', 'DATA_PATH'].map((name) => image.environment.get(name))
  const shutdown = environment['SHUTDOWN_TIMEOUT'] ?? DEFAULT_SHUTDOWN
  return [
    ...Object.keys(environment).flatMap((name) =>
      knownVariables().has(name) ? [] : [`environment: the service does not read ${name}`],
    ),
    ...wanted.flatMap((place) => (targets.includes(place) ? [] : [`volumes: nothing at ${place}`])),
    ...(ports.every((port) => port.split(':').at(-1) === image.environment.get('HTTP_PORT'))
      ? []
      : ['ports: no listener']),
    ...(seconds(stop_grace_period ?? '10s') > seconds(shutdown)
      ? []
      : ['stop_grace_period: shorter than SHUTDOWN_TIMEOUT']),
  ]
}

/** The default in environment.ts. */
export const DEFAULT_SHUTDOWN: string = /SHUTDOWN_TIMEOUT: v\.optional\(WAIT, '(\w+)'\)/.exec(
  read('src/config/environment.ts'),
)?.[1] as string
