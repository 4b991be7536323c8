// The hooks of a bundle without any. `batuta hooks saga.json` makes a module of the same shape, which takes its place as "#hooks".
export const HOOKS = {}
