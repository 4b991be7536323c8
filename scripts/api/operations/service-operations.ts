import { READS_SAGA } from './operation-texts.ts'
import type { OperationTexts } from './operation-texts.ts'

/** Texts of the machine, the probes and the pages. */
export const SERVICE_OPERATIONS: Readonly<Record<string, OperationTexts>> = {
  'GET /machine-definition': {
    operationId: 'getMachineDefinition',
    summary: 'Read the machine',
    description: '`machineDefinition` of saga.json, as it was written.',
  },
  'GET /machine.svg': {
    operationId: 'getMachinePicture',
    summary: 'The machine as a picture',
    description:
      'SVG with states, events, commands and timeouts. It holds no script and loads nothing. `ETag` and `If-None-Match` save the transfer. 501: the machine has over 500 states or 2,000 transitions.',
    answers: 'image/svg+xml',
  },
  'GET /machine.mmd': {
    operationId: 'getMachineDiagram',
    summary: 'The machine for Mermaid',
    description: 'A `stateDiagram-v2`, as Markdown on GitHub and GitLab shows it.',
    answers: 'text/plain',
  },
  'GET /sagas/:sagaId/machine.svg': {
    operationId: 'getSagaPicture',
    summary: 'The path of a saga as a picture',
    description:
      'The machine with the steps of one saga, numbered as in its history. The rest of the machine steps back, and steps by operators are dashed. 501: the machine has over 500 states or 2,000 transitions.',
    answers: 'image/svg+xml',
    path: { sagaId: 'Id of the saga' },
    statuses: { 500: READS_SAGA },
  },
  'GET /-/metrics': {
    operationId: 'getMetrics',
    summary: 'Read the metrics',
    description: 'Counters and histograms in the text format of Prometheus.',
    answers: 'text/plain',
  },
  'GET /-/healthz': {
    operationId: 'getHealth',
    summary: 'Liveness',
    description: 'KO where a restart may help. Needs no token.',
    statuses: { 503: 'A restart may help; `message` says why' },
  },
  'GET /-/ready': {
    operationId: 'getReadiness',
    summary: 'Readiness',
    description: 'KO while requests cannot be served: the store, a broker or a channel fails. Needs no token.',
    statuses: { 503: 'Requests cannot be served now; `message` says why' },
  },
  'GET /-/check-up': {
    operationId: 'getCheckUp',
    summary: 'Check-up',
    description: 'As readiness. Needs no token.',
    statuses: { 503: 'Requests cannot be served now; `message` says why' },
  },
  'GET /console': {
    operationId: 'getConsole',
    summary: 'See and steer the sagas',
    description:
      'A page for operators, which reads this API. The page needs no token, its data do. Absent with `CONSOLE=off`.',
    answers: 'text/html',
  },
  'GET /documentation': {
    operationId: 'getDocumentation',
    summary: 'Read and try the API',
    description: 'A page of this description with forms to send requests. The page needs no token, its data does.',
    answers: 'text/html',
  },
  'GET /documentation/json': {
    operationId: 'getOpenApi',
    summary: 'This description as JSON',
    description: 'OpenAPI 3.0 of the routes, with the labels of the machine as examples.',
  },
  'GET /documentation/yaml': {
    operationId: 'getOpenApiYaml',
    summary: 'This description as YAML',
    description: 'OpenAPI 3.0 of the routes, with the labels of the machine as examples.',
    answers: 'application/yaml',
    data: { type: 'object' },
  },
  'GET /documentation/asyncapi.json': {
    operationId: 'getAsyncApi',
    summary: 'The commands and events of the machine',
    description: 'AsyncAPI 3.0: channels, topics and messages of saga.json, without secrets.',
  },
}
