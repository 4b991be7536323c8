import type { Container, PodSpec, PodTemplateSpec, Probe, Service } from 'kubernetes-types/core/v1.js'
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js'
import { DEFAULT_SHUTDOWN } from './compose-rules.ts'
import { imageOf, stagesOf } from './containerfile.ts'
import { knownVariables, probeRoutes, read, seconds } from './files.ts'

const IMAGE = imageOf(stagesOf(read('Containerfile')).at(-1))
/** Seconds for which a broker may be away without a restart of the pod. */
const OUTAGE = 60

/** The problems of a set that no type finds: its parts fit each other, the image and the service. */
export function setProblems({ spec }: StatefulSet): readonly string[] {
  if (spec === undefined) return ['there is no spec']
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata, spec: claim }) => ({
    name: metadata?.name,
    isForOne: claim?.accessModes?.join() === 'ReadWriteOncePod',
  }))
  return [
    ...(spec.replicas === 1 ? [] : ['replicas: a SQLite file belongs to one process']),
    ...(claims.every(({ isForOne }) => isForOne) ? [] : ['volumeClaimTemplates: two pods may have the volume']),
    ...templateProblems(spec.template, spec.selector.matchLabels),
    ...dataProblems(
      spec.template.spec?.containers[0],
      claims.map(({ name }) => name ?? ''),
    ),
  ]
}

/** The same for pods on a shared store, which keep nothing themselves. */
export function deploymentProblems({ spec }: Deployment): readonly string[] {
  if (spec === undefined) return ['there is no spec']
  return [
    ...((spec.replicas ?? 1) > 1 ? [] : ['replicas: an update has no pod to send requests to']),
    ...templateProblems(spec.template, spec.selector.matchLabels),
  ]
}

/** The workload's pods are those that the Service leads to, at a port that they have. */
export function serviceProblems({ spec }: Service, template: PodTemplateSpec | undefined): readonly string[] {
  const names = template?.spec?.containers.flatMap(({ ports }) => ports?.map(({ name }) => name) ?? []) ?? []
  const labels: Readonly<Record<string, string>> = template?.metadata?.labels ?? {}
  return [
    ...Object.entries(spec?.selector ?? {}).flatMap(([name, value]) =>
      labels[name] === value ? [] : [`selector: no pod has ${name}: ${value}`],
    ),
    ...(spec?.ports ?? []).flatMap(({ targetPort }) =>
      names.includes(String(targetPort)) ? [] : [`targetPort: no pod has ${targetPort}`],
    ),
  ]
}

function templateProblems({ metadata, spec: pod }: PodTemplateSpec, selector: unknown): readonly string[] {
  const [container] = pod?.containers ?? []
  if (pod === undefined || container === undefined) return ['there is no container']
  return [
    ...(JSON.stringify(selector) === JSON.stringify(metadata?.labels) ? [] : ['selector: does not match the pods']),
    ...scrapeProblems(metadata?.annotations ?? {}, container),
    ...lockProblems(pod, container),
    ...checkProblems(pod, container),
    ...environmentProblems(container),
    ...probeProblems(container),
    ...mountProblems(pod, container),
    ...graceProblems(pod, container),
  ]
}

function scrapeProblems(annotations: Readonly<Record<string, string>>, { env = [] }: Container): readonly string[] {
  const wanted = { scrape: 'true', port: valueOf(env, 'HTTP_PORT'), path: '/-/metrics' }
  return Object.entries(wanted).flatMap(([name, value]) =>
    annotations[`prometheus.io/${name}`] === value ? [] : [`annotations: prometheus.io/${name} is not "${value}"`],
  )
}

/** An init container of the same image checks the file that the service reads, with the same Secrets and as few rights. */
function checkProblems(
  { initContainers = [] }: PodSpec,
  { image, env = [], securityContext, volumeMounts }: Container,
) {
  const [check] = initContainers
  const mounted = volumeMounts?.filter(({ readOnly }) => readOnly === true)
  return Object.entries({
    'initContainers: no check of the configuration':
      check?.command?.join(' ') === `batuta check ${valueOf(env, 'CONFIGURATIONS_FILE_PATH')}`,
    'initContainers: another image': check?.image === image,
    'initContainers: other rights': JSON.stringify(check?.securityContext) === JSON.stringify(securityContext),
    'initContainers: other mounts': JSON.stringify(check?.volumeMounts) === JSON.stringify(mounted),
  }).flatMap(([problem, isRight]) => (isRight ? [] : [problem]))
}

function lockProblems(
  { securityContext: pod, automountServiceAccountToken }: PodSpec,
  { securityContext: own }: Container,
) {
  const user = `${pod?.runAsUser}:${pod?.runAsGroup}`
  return Object.entries({
    'runAsNonRoot: it may be root': pod?.runAsNonRoot === true,
    [`runAsUser: ${user} is not the image's`]: user === IMAGE.user,
    'fsGroup: the user may not write to the volume': pod?.fsGroup === pod?.runAsGroup,
    'seccompProfile: none': pod?.seccompProfile?.type === 'RuntimeDefault',
    'readOnlyRootFilesystem: it is writable': own?.readOnlyRootFilesystem === true,
    'allowPrivilegeEscalation: allowed': own?.allowPrivilegeEscalation === false,
    'capabilities: not all are dropped': own?.capabilities?.drop?.join() === 'ALL',
    'automountServiceAccountToken: it needs none': automountServiceAccountToken === false,
  }).flatMap(([problem, isRight]) => (isRight ? [] : [problem]))
}

function environmentProblems({ env = [], ports = [] }: Container): readonly string[] {
  const port = valueOf(env, 'HTTP_PORT')
  return [
    ...env.flatMap(({ name }) => (knownVariables().has(name) ? [] : [`env: the service does not read ${name}`])),
    ...['API_TOKEN', 'READ_TOKEN'].flatMap((token) =>
      env.some(({ name, valueFrom }) => name === token && valueFrom?.secretKeyRef !== undefined)
        ? []
        : [`env: ${token} is not from a Secret`],
    ),
    ...(ports.map(({ containerPort }) => String(containerPort)).join() === port ? [] : ['ports: no listener']),
  ]
}

function probeProblems({ livenessProbe, readinessProbe, startupProbe, ports = [] }: Container): readonly string[] {
  const wanted = { livenessProbe, readinessProbe, startupProbe }
  const patience = (probe: Probe | undefined) => (probe?.periodSeconds ?? 10) * (probe?.failureThreshold ?? 3)
  return [
    ...Object.entries(wanted).flatMap(([name, probe]) => {
      const { path = '', port } = probe?.httpGet ?? {}
      if (!probeRoutes().has(path)) return [`${name}: there is no route "${path}"`]
      return ports.some((one) => one.name === port) ? [] : [`${name}: there is no port ${port}`]
    }),
    ...(livenessProbe?.httpGet?.path === '/-/ready' ? ['livenessProbe: a broker that is away would end the pod'] : []),
    ...(patience(livenessProbe) > OUTAGE ? [] : ['livenessProbe: an outage of a minute would end the pod']),
  ]
}

function mountProblems({ volumes = [] }: PodSpec, { env = [], volumeMounts = [] }: Container) {
  const file = valueOf(env, 'CONFIGURATIONS_FILE_PATH')
  const mount = volumeMounts.find(({ mountPath }) => mountPath === file.slice(0, file.lastIndexOf('/')))
  const isMap = volumes.some(({ name, configMap }) => name === mount?.name && configMap !== undefined)
  const known = new Set(volumes.map(({ name }) => name))
  const secrets = volumeMounts.filter(({ mountPath }) => mountPath !== valueOf(env, 'DATA_PATH'))
  return [
    ...(isMap ? [] : [`volumeMounts: no ${file}`]),
    ...secrets.flatMap(({ name }) => (known.has(name) ? [] : [`volumeMounts: there is no volume ${name}`])),
  ]
}

function dataProblems({ env = [], volumeMounts = [] }: Partial<Container> = {}, claims: readonly string[]) {
  const data = volumeMounts.find(({ mountPath }) => mountPath === valueOf(env, 'DATA_PATH'))
  return claims.includes(data?.name ?? '') ? [] : ['volumeMounts: the data would end with the pod']
}

function graceProblems({ terminationGracePeriodSeconds = 30 }: PodSpec, { env = [], lifecycle }: Container) {
  const shutdown = seconds(valueOf(env, 'SHUTDOWN_TIMEOUT') || DEFAULT_SHUTDOWN)
  const needed = shutdown + Number(lifecycle?.preStop?.sleep?.seconds ?? 0)
  return terminationGracePeriodSeconds > needed ? [] : [`terminationGracePeriodSeconds: expected more than ${needed}`]
}

function valueOf(env: NonNullable<Container['env']>, name: string): string {
  return env.find((one) => one.name === name)?.value ?? IMAGE.environment.get(name) ?? ''
}
