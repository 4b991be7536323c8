import type { Container, PodSpec, Probe, Service } from 'kubernetes-types/core/v1.js'
import type { StatefulSet } from 'kubernetes-types/apps/v1.js'
import { DEFAULT_SHUTDOWN } from './compose-rules.ts'
import { imageOf, stagesOf } from './containerfile.ts'
import { knownVariables, probeRoutes, read, seconds } from './files.ts'

const IMAGE = imageOf(stagesOf(read('Containerfile')).at(-1))
/** Seconds that a broker may be away without the pod being started anew. */
const OUTAGE = 60

/** What no type can say of the set: that its parts fit each other, the image and the service. */
export function setProblems({ spec }: StatefulSet): readonly string[] {
  const pod = spec?.template.spec
  const [container] = pod?.containers ?? []
  if (spec === undefined || pod === undefined || container === undefined) return ['there is no container']
  const labels = JSON.stringify(spec.template.metadata?.labels)
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata, spec: claim }) => ({
    name: metadata?.name,
    isForOne: claim?.accessModes?.join() === 'ReadWriteOncePod',
  }))
  return [
    ...(spec.replicas === 1 ? [] : ['replicas: a SQLite file belongs to one process']),
    ...(claims.every(({ isForOne }) => isForOne) ? [] : ['volumeClaimTemplates: two pods may have the volume']),
    ...(JSON.stringify(spec.selector.matchLabels) === labels ? [] : ['selector: does not match the pods']),
    ...lockProblems(pod, container),
    ...environmentProblems(container),
    ...probeProblems(container),
    ...mountProblems(
      pod,
      container,
      claims.map(({ name }) => name ?? ''),
    ),
    ...graceProblems(pod, container),
  ]
}

/** The set's pods are those that the Service leads to, at a port that they have. */
export function serviceProblems({ spec }: Service, { spec: set }: StatefulSet): readonly string[] {
  const names = set?.template.spec?.containers.flatMap(({ ports }) => ports?.map(({ name }) => name) ?? []) ?? []
  const labels: Readonly<Record<string, string>> = set?.template.metadata?.labels ?? {}
  return [
    ...Object.entries(spec?.selector ?? {}).flatMap(([name, value]) =>
      labels[name] === value ? [] : [`selector: no pod has ${name}: ${value}`],
    ),
    ...(spec?.ports ?? []).flatMap(({ targetPort }) =>
      names.includes(String(targetPort)) ? [] : [`targetPort: no pod has ${targetPort}`],
    ),
  ]
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
    'readOnlyRootFilesystem: it may be written to': own?.readOnlyRootFilesystem === true,
    'allowPrivilegeEscalation: allowed': own?.allowPrivilegeEscalation === false,
    'capabilities: not all are dropped': own?.capabilities?.drop?.join() === 'ALL',
    'automountServiceAccountToken: it needs none': automountServiceAccountToken === false,
  }).flatMap(([problem, isRight]) => (isRight ? [] : [problem]))
}

function environmentProblems({ env = [], ports = [] }: Container): readonly string[] {
  const port = valueOf(env, 'HTTP_PORT')
  return [
    ...env.flatMap(({ name }) => (knownVariables().has(name) ? [] : [`env: nobody reads ${name}`])),
    ...(ports.map(({ containerPort }) => String(containerPort)).join() === port ? [] : ['ports: nobody listens there']),
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

function mountProblems(
  { volumes = [] }: PodSpec,
  { env = [], volumeMounts = [] }: Container,
  claims: readonly string[],
) {
  const at = (place: string) => volumeMounts.find(({ mountPath }) => mountPath === place)
  const file = valueOf(env, 'CONFIGURATIONS_FILE_PATH')
  const known = [...claims, ...volumes.map(({ name }) => name)]
  const configuration = at(file.slice(0, file.lastIndexOf('/')))
  const data = at(valueOf(env, 'DATA_PATH'))
  return [
    ...(volumes.some(({ name, configMap }) => name === configuration?.name && configMap)
      ? []
      : [`volumeMounts: no ${file}`]),
    ...(claims.includes(data?.name ?? '') ? [] : ['volumeMounts: the data would end with the pod']),
    ...volumeMounts.flatMap(({ name }) => (known.includes(name) ? [] : [`volumeMounts: there is no volume ${name}`])),
  ]
}

function graceProblems({ terminationGracePeriodSeconds = 30 }: PodSpec, { env = [], lifecycle }: Container) {
  const shutdown = seconds(valueOf(env, 'SHUTDOWN_TIMEOUT') || DEFAULT_SHUTDOWN)
  const needed = shutdown + Number(lifecycle?.preStop?.sleep?.seconds ?? 0)
  return terminationGracePeriodSeconds > needed ? [] : [`terminationGracePeriodSeconds: expected more than ${needed}`]
}

function valueOf(env: NonNullable<Container['env']>, name: string): string {
  return env.find((one) => one.name === name)?.value ?? IMAGE.environment.get(name) ?? ''
}
