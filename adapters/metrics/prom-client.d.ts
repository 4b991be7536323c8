/** The parts of prom-client have no types of their own; `prometheus.ts` gives them those of the index. */
declare module 'prom-client/lib/*.js' {
  const part: unknown
  export default part
}
