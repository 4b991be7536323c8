/** The parts of prom-client have no types of their own; `process-metrics.ts` gives them some. As in `metrics/`, for Node's program. */
declare module 'prom-client/lib/*.js' {
  const part: unknown
  export default part
}
